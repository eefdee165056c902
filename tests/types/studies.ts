// Studies that must fail in the editor. Checked by `tsc`: an unused @ts-expect-error is an error.
import { z } from 'zod';
import { json, node, pipeline, report, table, tune } from '../../core/index.js';
import { categorical, conditional, float, int } from '../../core/study/search.js';

const figures = json(z.object({ f1: z.object({ macro: z.number() }), loss: z.number(), name: z.string() }));
const train = node({
  name: 'train.any',
  version: '1',
  params: z.object({
    label: z.string(),
    learner: z.enum(['svm', 'forest']).default('svm'),
    C: z.number().default(1),
    trees: z.number().int().default(10),
    kernel: z.enum(['rbf', 'linear']).default('rbf'),
    epochs: z.number().default(10),
  }),
  inputs: { train: table, validation: table },
  outputs: { figures, page: report(z.object({ size: z.number() })) },
});
const raw = node({ name: 'ingest.rows', version: '1', params: z.object({}), inputs: {}, outputs: table });

const part = pipeline('part', { params: z.object({ C: z.number(), deep: z.boolean() }) }, (p) => {
  const trained = train({ train: raw({}), validation: raw({}), label: 'y', C: p.C });
  return { figures: trained.figures };
});

export default pipeline('searches', {}, async () => {
  const data = { train: raw({}), validation: raw({}) };
  const space = {
    learner: conditional({ svm: { C: float(1e-3, 1e3, { log: true }) }, forest: { trees: int(8, 512) } }),
    kernel: categorical(['rbf', 'linear']),
  };
  const found = tune(train, data, { space, params: { label: 'y' }, objective: 'figures.f1.macro', trials: 9 });
  const params = await found.params;
  params.kernel satisfies 'rbf' | 'linear';
  if (params.learner === 'svm') params.C.toFixed();
  // @ts-expect-error  trees belong to forests
  params.trees;
  const again = train({ ...data, label: 'y', ...params });
  (await found.best.figures).value?.f1.macro.toFixed();
  tune(
    train,
    { validation: data.validation },
    { space, objective: 'page.size', trials: 1, folds: [{ train: raw({}) }] },
  );
  const outer = [1, 2].map(() => ({ search: data, held: { ...data, validation: raw({}) } }));
  tune(train, data, { space, objective: 'figures.loss', trials: 1, nested: outer });
  tune(train, data, { space, objective: 'figures.loss', trials: 1, nested: [{ search: [data, data], held: data }] });
  const parts = tune(part, { deep: true }, { space: { C: float(0, 1) }, objective: 'figures.loss', trials: 3 });
  (await parts.best).figures.value?.loss.toFixed();

  // @ts-expect-error  a parameter that the node does not have
  tune(train, data, { space: { c: float(0, 1) }, objective: 'figures.loss', trials: 1 });
  tune(train, data, {
    // @ts-expect-error  the sentence stands at the parameter, not at the call
    space: { c: float(0, 1) },
    objective: 'figures.loss',
    trials: 1,
  });
  // @ts-expect-error  values that the parameter does not take
  tune(train, data, { space: { kernel: categorical(['rbf', 'poly']) }, objective: 'figures.loss', trials: 1 });
  // @ts-expect-error  a number where a text belongs
  tune(train, data, { space: { label: int(0, 3) }, objective: 'figures.loss', trials: 1 });
  // @ts-expect-error  a branch that the parameter does not take
  tune(train, data, { space: { learner: conditional({ net: {} }) }, objective: 'figures.loss', trials: 1 });
  // @ts-expect-error  a path to no number
  tune(train, data, { space, objective: 'figures.name', trials: 1 });
  // @ts-expect-error  a figure that is not there
  tune(train, data, { space, objective: 'figures.f1.micro', trials: 1 });
  // @ts-expect-error  a port that is not there
  tune(train, data, { space, objective: 'figure.loss', trials: 1 });
  // @ts-expect-error  a sampler that is not there
  tune(train, data, { space, objective: 'figures.loss', trials: 1, sampler: 'bayes' });
  // @ts-expect-error  a missing input
  tune(train, { train: data.train }, { space, objective: 'figures.loss', trials: 1 });
  // @ts-expect-error  an input of another kind
  tune(train, { ...data, train: again.page }, { space, objective: 'figures.loss', trials: 1 });
  // @ts-expect-error  a fold of another kind
  tune(train, { validation: raw({}) }, { space, objective: 'figures.loss', trials: 1, folds: [{ train: again.page }] });
  tune(train, data, {
    space,
    objective: 'page.size',
    trials: 1,
    // @ts-expect-error  an outer fold of another kind: told where it stands
    nested: [{ search: data, held: { train: again.page } }],
  });
  // @ts-expect-error  an outer fold with an input that the node does not have
  tune(train, data, { space, objective: 'page.size', trials: 1, nested: [{ search: { test: raw({}) }, held: data }] });
  tune(train, data, {
    space,
    objective: 'page.size',
    trials: 1,
    // @ts-expect-error  a fold within an outer fold, of another kind: told where it stands
    nested: [{ search: [{ train: again.page }], held: data }],
  });
  // @ts-expect-error  an outer fold that nothing judges
  tune(train, data, { space, objective: 'figures.loss', trials: 1, nested: [{ search: data }] });
  // @ts-expect-error  a parameter that the sub-pipeline does not have
  tune(part, { deep: true }, { space: { D: float(0, 1) }, objective: 'figures.loss', trials: 3 });
  // @ts-expect-error  a figure that the sub-pipeline does not give
  tune(part, { deep: true }, { space: { C: float(0, 1) }, objective: 'figures.gain', trials: 3 });
  return again;
});
