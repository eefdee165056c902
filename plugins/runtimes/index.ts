// What does the work of nodes is no node: `parts.ts` brings it.
export {};
