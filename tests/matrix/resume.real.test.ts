import { weave } from './weave.js';
import { allCases, drawCases, nameOf } from './shapes.js';

// A short draw of the matrix for every day; the long one is resume.long.test.ts. One case: TRAINYARD_CASE='linear/b/during/crash/3'.
const wanted = process.env['TRAINYARD_CASE'];

weave(
  'a resumed run does what had not succeeded, and nothing else',
  wanted === undefined ? drawCases(30, 1) : allCases().filter((one) => nameOf(one) === wanted),
  { atOnce: 10 },
);
