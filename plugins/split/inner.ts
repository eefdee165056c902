import { id, inner } from '@trainyard/tables';

/** The number of a row in its table, from 1, and the part that it is dealt to. */
export const NTH = inner('row number');
export const PART = inner('part of the split');
/** What decides the part of a row: equal texts never come apart. */
export const UNIT = inner('unit of the split');
/** Where a unit lies between 0 and 1 by its hash, and the class of a row. */
export const [PLACE, CLASS] = [inner('place by hash'), inner('class')];
/** The table of numbers and parts of rows, in the order of the table; the part is missing for a row of none. */
export const PLACES = id('places of rows');
