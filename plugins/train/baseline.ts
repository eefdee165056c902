import { implement } from '../../worker/index.js';
import { baseline } from './contract.js';
import { constant } from './kinds/constant.js';
import { tensorParts } from './kinds/tensor-kind.js';
import { readSurroundings } from './training-environment.js';
import { writeOutcome } from './training-result.js';

export const baselineNode = implement(baseline, async ({ params, inputs, ctx }) => {
  const around = await readSurroundings(inputs, params.label, ctx.scratch);
  const { labels, classes, rows, width } = around.train;
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]!++;
  const shares = counts.map((count) => count / rows);
  const most = shares.indexOf(Math.max(...shares));
  const probabilities = params.strategy === 'prior' ? shares : shares.map((_, k) => (k === most ? 1 : 0));
  const { model, figures } = await writeOutcome(
    {
      kind: constant,
      ...tensorParts({ features: width }, { probabilities: { shape: [classes.length], values: probabilities } }),
      training: { node: baseline.spec.name, version: baseline.spec.version, params },
      libraries: {},
    },
    around,
  );
  return { model, figures };
});
