import { bounds } from './bounds.js';
import { classes } from './classes.js';
import { columns } from './columns.js';
import type { Section } from './contract.js';
import { images } from './images.js';
import { parts } from './parts.js';
import { points } from './points.js';
import { relations } from './relations.js';
import { target } from './target.js';
import { tiles } from './tiles.js';
import { warnings } from './warnings.js';
import { withLabel } from './with-label.js';

export type { Charts, Section } from './contract.js';
export { warningList } from './warnings.js';

/** The page, from top to bottom; a new section is a file beside these, and a name here. */
export const SECTIONS: readonly Section[] = [
  tiles,
  warnings,
  classes,
  parts,
  withLabel,
  target,
  images,
  columns,
  relations,
  points,
  bounds,
];
