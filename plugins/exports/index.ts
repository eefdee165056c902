// Formats in which models are given away are no nodes: `parts.ts` brings them.
export {};
