import type { Edges } from './contract.js';
import { equalFrequency } from './equal-frequency.js';
import { equalWidth } from './equal-width.js';
import { tree } from './tree.js';

export const EDGES = {
  'equal frequency': equalFrequency,
  'equal width': equalWidth,
  tree,
} as const satisfies Readonly<Record<string, Edges>>;

export type EdgesName = keyof typeof EDGES;
