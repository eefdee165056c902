import { UserError } from '@trainyard/errors';
import { fitBayes } from '@trainyard/learners';
import { featureNames } from '@trainyard/transforms';
import { implement } from '../../../worker/index.js';
import { naiveBayes } from '../kinds/naive-bayes.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { writeOutcome, type Surroundings } from '../training-result.js';
import { readClasses } from './classes.js';
import { bayes } from './contract.js';

export const bayesNode = implement(bayes, async ({ params, inputs, ctx }) => {
  const { around, rows } = await readClasses(params, inputs, ctx);
  if (params.distribution === 'multinomial') requireCounts(around);
  const { distribution, threshold, priors, first, second } = fitBayes(rows, params);
  const shape = [rows.classes, rows.width];
  const { model, figures } = await writeOutcome(
    {
      kind: naiveBayes,
      ...tensorParts(
        { distribution, threshold },
        {
          priors: { shape: [rows.classes], values: Float64Array.from(priors) },
          first: { shape, values: Float64Array.from(first) },
          second: { shape, values: Float64Array.from(second) },
        },
      ),
      training: { node: bayes.spec.name, version: bayes.spec.version, params },
      libraries: {},
    },
    around,
  );
  return { model, figures };
});

/** Throws a UserError for a feature below 0: it is no count. */
function requireCounts({ train, validation, transform }: Surroundings): void {
  for (const [port, data] of [['train', train] as const, ['validation', validation] as const]) {
    const at = data?.features.findIndex((value) => value < 0) ?? -1;
    if (at < 0) continue;
    const column = featureNames(transform)[at % train.width]!;
    throw new UserError('multinomial naive Bayes takes counts, and a feature is below 0', {
      where: { port, row: Math.floor(at / train.width), column },
      expected: 'a number of 0 or more',
      actual: String(data!.features[at]),
      remedy: "leave the column unscaled (scale: 'none' in features.fit), or say distribution: 'gaussian'",
    });
  }
}
