import { inner } from '@trainyard/tables/sql';

/** The place of a row in the table, from 1, as rules that keep the first or the last know it. */
export const NTH = inner('place');
