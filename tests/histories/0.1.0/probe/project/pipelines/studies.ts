import { z } from 'zod';
import { pipeline, tune, type StudyOptions } from 'trainyard';
import { float, int } from 'trainyard/search';
import { climb, fitted, part, rows, trained } from '../nodes/climb/index.js';

const given = z.object({
  salt: z.string(),
  options: z.custom<Omit<StudyOptions<'out.score' | 'out.size'>, 'objective'>>(),
  params: z.custom<Partial<z.input<typeof climb.spec.params>>>().default({}),
  high: z.number().default(1),
});

type Plain = Pick<StudyOptions, 'trials' | 'parallel' | 'sampler' | 'pruner' | 'failures' | 'enough' | 'continueAfter'>;
const plain = z.object({ salt: z.string(), options: z.custom<Plain>() });

/** A study of a node, with whatever options. */
export const climbed = pipeline('climbed', { params: given }, async ({ salt, options, params, high }) => {
  const space = { x: float(0, high) };
  const { objectives } = options;
  const found = objectives
    ? tune(climb, {}, { ...options, objectives, space, params: { salt, ...params } })
    : tune(climb, {}, { ...options, objective: 'out.score', space, params: { salt, ...params } });
  return { best: found.best, params: await found.params, report: found.report };
});

/** Cross-validated: a trial is a call for each of four parts. */
export const folded = pipeline('folded', { params: plain }, async ({ salt, options }) => {
  const folds = [1, 2, 3, 4].map((n) => ({ data: part({ n }) }));
  const found = tune(
    fitted,
    {},
    { ...options, objective: 'out.score', space: { x: float(0, 1) }, params: { salt }, folds },
  );
  return { best: found.best, params: await found.params, report: found.report };
});

/** Trials that take next to nothing, as many as wanted. */
export const manyTrials = pipeline('many-trials', { params: plain }, async ({ salt, options }) => {
  const data = part({ n: 1 });
  const found = tune(
    fitted,
    { data },
    { ...options, objective: 'out.score', space: { x: float(0, 1) }, params: { salt } },
  );
  return { best: found.best, params: await found.params };
});

/** A trial of it: two nodes. */
export const twoSteps = pipeline(
  'two-steps',
  { params: z.object({ x: z.number(), fold: z.number().int(), salt: z.string() }) },
  (p) => {
    const data = part({ n: p.fold });
    return { fit: fitted({ data, x: p.x, salt: p.salt }) };
  },
);

export const overParts = pipeline('over-parts', { params: plain }, async ({ salt, options }) => {
  const found = tune(
    twoSteps,
    { salt },
    {
      ...options,
      objective: 'fit.score',
      space: { x: float(0, 1), fold: int(1, 3) },
    },
  );
  return { best: await found.best, params: await found.params, report: found.report };
});

/** Studies as programs without types ask for them, whatever stands in the options: what each is refused with. */
export const untyped = pipeline(
  'untyped-studies',
  { params: z.object({ asked: z.array(z.custom<Record<string, unknown>>()) }) },
  async ({ asked }) => ({
    refusals: asked.map((options) => {
      try {
        tune(climb, {}, options as unknown as { space: Record<string, never>; objective: 'out.score' });
        return null;
      } catch (error) {
        const { code, where, message } = error as { code?: string; where?: object; message: string };
        return { code: code ?? 'none', where: { ...where }, message };
      }
    }),
  }),
);

/** With a nested estimate: in each outer fold another part is searched on, and one that no search sees judges it. */
export const nested = pipeline('nested-study', { params: plain }, async ({ salt, options }) => {
  const outer = [2, 3, 4].map((n) => ({ search: { data: part({ n }) }, held: { data: part({ n: n + 10 }) } }));
  const found = tune(
    fitted,
    { data: part({ n: 1 }) },
    { ...options, objective: 'out.score', space: { x: float(0, 1) }, params: { salt }, nested: outer },
  );
  return { params: await found.params, report: found.report };
});

/** The same on tables of rows 0 to 100, of which each outer fold holds these back: from one to another. */
export const nestedTables = pipeline(
  'nested-tables',
  { params: plain.extend({ held: z.array(z.tuple([z.number(), z.number()])) }) },
  async ({ salt, options, held }) => {
    const validation = rows({ from: 80, to: 100 });
    const data = { train: rows({ from: 0, to: 80 }), validation };
    // What is trained again for the judgement may have the search's rows.
    const outer = held.map(([from, to]) => ({
      search: { train: rows({ from: 20, to: 80 }), validation },
      held: { train: rows({ from: 20, to: 100 }), validation: rows({ from, to }) },
    }));
    const space = { x: float(0, 1) };
    const found = tune(trained, data, { ...options, objective: 'out.score', space, params: { salt }, nested: outer });
    return { report: found.report };
  },
);
