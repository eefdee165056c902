import { warningKind } from './contract.js';

const ROWS = 50;

export const fewRows = warningKind({
  kind: 'few-rows',
  weight: 'worth knowing',
  find: ({ rows }) =>
    rows < ROWS ? [{ columns: [], said: `${rows} rows are few: figures on a part of them will be rough` }] : [],
});
