import { columns } from './columns.js';
import type { ComparisonSection } from './contract.js';
import { overview } from './overview.js';
import { tiles } from './tiles.js';
import { warnings } from './warnings.js';

/** The page, from top to bottom; a new section is a file beside these, and a name here. */
export const SECTIONS: readonly ComparisonSection[] = [tiles, warnings, overview, columns];
