import { EDITS } from './new-code-case.js';
import { allCases, draw, nameOf, type Case } from './shapes.js';
import { weaveEdits } from './weave-edits.js';

// Edits between runs and their resumes; TRAINYARD_SEED=8 draws another lot. A case alone is resumed in both ways.
const seed = Number(process.env['TRAINYARD_SEED'] ?? 7);
const wanted = process.env['TRAINYARD_CASE'];

/** Failures that leave a graph behind, of shapes whose calls are executed once each. */
const fitting = allCases().filter(
  ({ shape, kind, times }) =>
    !shape.refusing &&
    !shape.twice &&
    kind !== 'terminate' &&
    kind !== 'timeout' &&
    (times === 3 || kind === 'user' || kind === 'cancel'),
);
const traits = ({ shape, moment, kind, forgotten }: Case): string[] => [
  shape.pipeline,
  moment,
  kind,
  `forgotten ${forgotten}`,
];

for (const [index, edit] of EDITS.entries()) {
  const alone = fitting.filter((one) => nameOf(one) === wanted);
  weaveEdits(
    edit,
    wanted === undefined ? draw(fitting, 26, seed + index, traits) : [...alone, ...alone.map((one) => ({ ...one }))],
    {
      atOnce: 10,
    },
  );
}
