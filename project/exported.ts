import type { PartFacts } from '../core/part.js';
import type { NodeCode } from './code-types.js';

/** An export of a plugin's module: the implementation of a node, or a part. */
export interface Exported {
  readonly exportName: string;
  readonly node?: string;
  readonly program?: NodeCode['program'];
  readonly brings?: PartFacts;
}
