import {
  betterOf,
  headlinesOf,
  intervalsOf,
  measure,
  nested,
  shortName,
  type MeasuredFigures,
  type TaskFigures,
} from '@trainyard/metrics';
import { openModel, type ModelCard } from '../../models/index.js';
import { implement } from '../../worker/index.js';
import { answersOf, type Answers } from './answers.js';
import { withCosts } from './costs.js';
import { final, type AnyFinalFigures } from './contract.js';
import { finalPage } from './final-page.js';
import { sayOpenings } from './openings.js';
import { sectionsOf } from './sections/index.js';
import { slicesOf, type Slice } from './slices.js';

/** Slices in the value, and rows that one must have to stand there: the report has all. */
const [WORST, ENOUGH] = [5, 5];

export const finalNode = implement(final, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { card } = model;
    const answers = await answersOf({
      models: [model],
      table: inputs.test,
      port: 'test',
      columns: params.slices,
      scratch: ctx.scratch,
      signal: ctx.signal,
    });
    const { task } = answers;
    const sample = withCosts(answers.samples[0]!, task, params.costs);
    const draws = { seed: ctx.seed, resamples: params.resamples };
    const slices = slicesOf(answers, draws);
    const openings = await ctx.openedBefore('test');
    const measured = measure(task, sample);
    const intervals = intervalsOf(task, sample, draws);
    const value = {
      ...valueOf(answers, measured, slices),
      intervals: ofTheirOwn(task, intervals),
      openedBefore: openings.length,
    } as AnyFinalFigures;
    const sections = sectionsOf(card.task.type);
    const report = {
      ...value,
      intervals,
      ...sections.details(sample),
      slices: slices.map(({ figures, ...slice }) => ({ ...slice, ...figures })),
      model: aboutModel(card),
    };
    return {
      value,
      files: {
        'report.html': finalPage({
          card,
          task,
          openings: sayOpenings(openings),
          value,
          measured,
          intervals,
          slices,
          sections: sections.page(sample, draws),
        }),
        'report.json': `${JSON.stringify(report)}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});

/** Intervals that travel: of figures that draw by themselves. The report has those of all figures. */
function ofTheirOwn({ figures }: TaskFigures, intervals: Readonly<Record<string, [number, number]>>) {
  const own = figures.filter(({ interval }) => interval !== 'shared').map(({ name }) => shortName(name));
  return Object.fromEntries(Object.entries(intervals).filter(([name]) => own.includes(name)));
}

/** What travels of the figures, in the shape of the task. */
function valueOf({ task, rows }: Answers, measured: MeasuredFigures, slices: readonly Slice[]): object {
  return {
    task: task.type,
    n: rows,
    ...nested(measured),
    headlines: headlinesOf(task, measured),
    better: betterOf(task),
    slices: slices
      .filter(({ n }) => n >= ENOUGH)
      .slice(0, WORST)
      .map(({ column, value, n, figures }) => {
        const [first] = Object.entries(figures);
        return { column, value: value.slice(0, 80), n, ...(first ? { [first[0]]: first[1] } : {}) };
      }),
  };
}

function aboutModel({ kind, task: { type, ...task }, inputs, training, metrics, libraries }: ModelCard) {
  return { kind, task: type, ...task, inputs, training, metrics, libraries };
}
