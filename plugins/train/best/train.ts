import { openTable, withDatabase } from '@trainyard/tables';
import { UserError } from '@trainyard/errors';
import { openThroughRules } from '@trainyard/transforms/tables';
import { canonical, digestText, sayDuration, type Json } from '../../../core/index.js';
import { kindOnHand, measureAnswers, openModel, writeModel, type FileContent } from '../../../models/index.js';
import { implement, type NodeContext } from '../../../worker/index.js';
import { weightsOfClasses } from '../class-weights.js';
import { measured, readDataset, readNumbers, sampled } from '../dataset.js';
import { ensemble } from '../kinds/ensemble.js';
import { Account } from './account.js';
import { assemble, type Assembled } from './assemble.js';
import { best, type BestRecord } from './contract.js';
import { Deadline } from './deadline.js';
import { choose, membersOf, mixed, refit, scoreOf } from './finish.js';
import { leaderboard } from './leaderboard.js';
import { baseline, LEARNERS, type BestTask, type Learner, type Lesson } from './learners/index.js';
import { Lessons } from './lessons.js';
import { METRICS, type Metric } from './metrics.js';
import { Search } from './search.js';
import { foldsFor, requireNames, targetOf } from './target.js';
import { modelTaskOf } from './task.js';
import { requireValidation } from './validation.js';

type Params = (typeof best)['spec']['params']['_zod']['output'];

export const bestNode = implement(best, async ({ params, inputs, ctx }) => {
  const record = inputs.record?.value;
  requireBudget(params, record);
  const account = new Account(params.minutes === undefined ? undefined : params.minutes * 60);
  const deadline = new Deadline(account, ctx.signal);
  let lessons: Lessons | undefined;
  let searched = false;
  try {
    const { target, columns, validated } = await account.during('reading', () =>
      withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: ctx.threads }, async (database) => {
        // What opens members is loaded now, and not when the time is nearly over.
        await kindOnHand(ensemble.name);
        const known = await openTable(database, 'rows', inputs.table);
        const found = await targetOf(database, known, params);
        const { table, validation } = inputs;
        const judged = validation ? await requireValidation(database, validation, table, found) : 0;
        return { target: found, columns: known, validated: judged };
      }),
    );
    const { task } = target;
    const metric = metricFor(params, task);
    const learners = learnersFor(params, record);
    const seed = record?.seed ?? ctx.seed;
    if (target.guessed) ctx.log(target.guessed);
    const not = [params.target, params.group, params.time, ...params.drop].filter((name) => name !== undefined);
    const folds = foldsFor(target, params.folds);
    const { group, time } = params;
    const opened = (lessons = await account.during('folds', () =>
      Lessons.deal({ table: inputs.table, task, folds, group, time, not, seed }, ctx, deadline.signal),
    ));
    const refits = record ? record.refitted !== null : (params.refit ?? time !== undefined);
    const search = new Search({
      ...{ task, metric, learners, account, record, seed, ctx, lessons: opened, signal: deadline.signal },
      trials: params.trials ?? Infinity,
      fingerprint: digestText(canonical({ params, seed, table: inputs.table.ref.digest })),
      weights: weighing(params, task),
      reserve: (candidates) =>
        deadline.keep(candidates, { refits, folds, outputs: outputsOf(task), rows: target.rows, validated }),
    });
    await search.run();
    searched = true;

    const chosen = await account.during('ensemble', () => choose(search, metric, params.ensemble));
    deadline.refit();
    const refitted = refits
      ? await refit(search, chosen, opened, account, { learners, record, late: () => deadline.late })
      : null;
    const members = membersOf(chosen, refitted, opened, learners);
    deadline.over();
    const { model, figures } = await account.during('writing', async () => {
      const assembled = assemble(members, inputs.table, columns);
      const onFolds = figuresOf(task, search.labels, mixed(chosen));
      const { minutes: _, trials: __, ...said } = params;
      const written = await withDatabase({ scratch: ctx.scratch, threads: ctx.threads }, async (database) => {
        const { transform } = assembled;
        const known = await openThroughRules(database, 'data', inputs.table, transform, 'table');
        return writeModel({
          kind: ensemble,
          task: modelTaskOf(task),
          settings: assembled.settings,
          files: assembled.files,
          transform,
          metrics: { folds: onFolds },
          training: {
            node: best.spec.name,
            version: best.spec.version,
            params: said as unknown as Json,
            seed,
            folds,
            rows: { train: target.rows },
            members: chosen.map(({ candidate, weight }) => ({
              learner: candidate.learner,
              params: candidate.params,
              weight,
              score: candidate.score,
              models: refitted?.has(candidate.place) ? 'all rows' : 'folds',
            })),
          },
          libraries: assembled.libraries,
          ranges: (await measured(database, transform, known)).ranges,
          rows: await sampled(database, transform, target.rows),
        });
      });
      const validation =
        inputs.validation &&
        (await measureOn(inputs.validation, assembled, written.files as Record<string, FileContent>, task, ctx));
      return {
        model: written,
        figures: { on: validation ? 'validation' : 'folds', ...(validation ?? onFolds) } as const,
      };
    });
    const score = scoreOf(search, chosen, metric);
    const kept: BestRecord = {
      format: 'trainyard.best-record/1',
      seed,
      candidates: search.candidates.map(({ learner, params: tried, stopped }) => ({
        learner,
        params: { ...tried },
        rounds: [...stopped],
      })),
      refitted: refitted ? [...refitted.keys()].sort((a, b) => a - b) : null,
    };
    const page = await account.during('writing', () =>
      leaderboard({ search, metric, chosen, score, account, target, left: opened.left, refitted, folds, learners }),
    );
    ctx.log(`${sayDuration(account.seconds * 1000)} in all: ${account.say()}`);
    return {
      model,
      figures: {
        value: {
          ...figures,
          metric: metric.name,
          score,
          members: chosen.length,
          candidates: search.candidates.length,
        } as never,
      },
      record: { value: kept },
      leaderboard: page,
    };
  } catch (error) {
    // Once there is a model, no failure is the clock's.
    const cut = !searched && deadline.signal.aborted && !ctx.signal.aborted;
    if (cut && !(error instanceof UserError)) throw tooShort(account, error);
    throw error;
  } finally {
    deadline.dispose();
    await lessons?.dispose();
  }
});

function requireBudget({ minutes, trials }: Params, record: BestRecord | undefined): void {
  if (record && (minutes !== undefined || trials !== undefined))
    throw new UserError('a record says itself what is tried', {
      where: { field: minutes === undefined ? 'trials' : 'minutes' },
      remedy: 'leave minutes and trials out beside a record',
    });
  if (record || minutes !== undefined || trials !== undefined) return;
  throw new UserError('train.best does not know when to end', {
    where: { field: 'minutes' },
    expected: 'minutes: the time that all of it may take; or trials: how many candidates it tries',
  });
}

function tooShort(account: Account, cause: unknown): UserError {
  return new UserError('the time was over before a model was finished', {
    where: { field: 'minutes' },
    expected: `more than ${sayDuration((account.budget ?? 0) * 1000)}`,
    remedy: `give more minutes, ask for fewer folds, or bring a sample of the rows; it went to: ${account.say()}`,
    cause,
  });
}

function metricFor({ metric: asked }: Params, task: BestTask): Metric {
  const fit = METRICS.filter((one) => one.task === task.type);
  const found = asked === undefined ? fit[0] : fit.find(({ name }) => name === asked);
  if (found) return found;
  throw new UserError(`${asked} is no metric of ${task.type === 'classes' ? 'classes' : 'numbers'}`, {
    where: { field: 'metric' },
    expected: fit.map(({ name }) => name).join(', '),
    remedy: `"${task.label}" is taken for ${task.type === 'classes' ? 'classes' : 'a number'}; the parameter task says otherwise`,
  });
}

/** The learners asked for; of a record those that it names. */
function learnersFor({ learners: asked }: Params, record: BestRecord | undefined): readonly Learner[] {
  requireNames(
    asked,
    LEARNERS.map(({ name }) => name),
  );
  if (record) return [baseline, ...LEARNERS];
  return asked ? LEARNERS.filter(({ name }) => asked.includes(name)) : LEARNERS;
}

const outputsOf = (task: BestTask): number => (task.type === 'classes' ? task.classes.length : 1);

/** Weights of training rows by their classes, each lesson's once. */
function weighing({ classWeights }: Params, task: BestTask): (lesson: Lesson) => Float64Array | undefined {
  const known = new WeakMap<Lesson, Float64Array>();
  return (lesson) => {
    if (classWeights === undefined) return undefined;
    if (task.type !== 'classes')
      throw new UserError('classWeights are for classes, and the target is a number', {
        where: { field: 'classWeights' },
      });
    let found = known.get(lesson);
    if (!found) {
      const labels = Int32Array.from(lesson.train.labels);
      const each = weightsOfClasses(classWeights, { ...lesson.train, labels, classes: task.classes });
      found = Float64Array.from(labels, (label) => each[label]!);
      known.set(lesson, found);
    }
    return found;
  };
}

function figuresOf(task: BestTask, labels: Float64Array, answers: Float64Array): Record<string, Json> {
  const truths = task.type === 'classes' ? Array.from(labels, (label) => task.classes[label]!) : [...labels];
  return measureAnswers(modelTaskOf(task), truths, answers);
}

/** The figures of the written model on a table of its own. */
async function measureOn(
  table: NonNullable<Parameters<typeof readDataset>[0]['table']>,
  { transform }: Assembled,
  files: Record<string, FileContent>,
  task: BestTask,
  ctx: NodeContext,
): Promise<Record<string, Json>> {
  const request = { table, label: task.label, transform, part: 'validation', missing: true, scratch: ctx.scratch };
  const data =
    task.type === 'classes' ? await readDataset({ ...request, classes: task.classes }) : await readNumbers(request);
  const model = await openModel(files);
  try {
    return figuresOf(task, Float64Array.from(data.labels), await model.scoreFeatures!(data.features, data.rows));
  } finally {
    await model.dispose();
  }
}
