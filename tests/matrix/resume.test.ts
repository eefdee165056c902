import { weave } from './weave.js';
import { allCases, drawCases, nameOf, type Case } from './shapes.js';

// A short draw of the matrix for every day; the long one is resume.long.test.ts. One case: TRAINYARD_CASE='linear/b/during/crash/3'.
// To forget a run that has ended takes Temporal half a minute.
const quick = ({ kind, forgotten }: Case): boolean => !forgotten || kind === 'terminate';
const wanted = process.env['TRAINYARD_CASE'];

weave(
  'a resumed run does what had not succeeded, and nothing else',
  wanted === undefined ? drawCases(30, 1, quick) : allCases().filter((one) => nameOf(one) === wanted),
  { atOnce: 10 },
);
