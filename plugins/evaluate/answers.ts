import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import { figuresOfTask, type Sample, type TaskFigures } from '@trainyard/metrics';
import type { Predictor } from '../../models/index.js';
import { applyRules, restOfRules } from '@trainyard/transforms';
import {
  carriedRules,
  openTable,
  requireColumn,
  sql,
  withDatabase,
  type Column,
  type TableCell,
  type TableRow,
} from '@trainyard/tables';

/** What one or more models answered on labelled rows, as their task measures it. */
export interface Answers {
  readonly rows: number;
  readonly task: TaskFigures;
  /** In the order of the models, all over the same units. */
  readonly samples: readonly Sample[];
  /** Cells of the columns asked for. */
  readonly columns: ReadonlyMap<string, readonly TableCell[]>;
}

export interface AnswersRequest {
  readonly models: readonly Predictor[];
  readonly table: InputArtifact;
  /** Name of the input port, for messages. */
  readonly port: string;
  /** Columns whose cells are kept. */
  readonly columns?: readonly string[];
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/**
 * Lets models answer the rows of a table, read in batches. Throws a UserError when the table lacks the label or an
 * input of a model, when a row has no label, when there are no rows, when the models' task has nothing to be measured by, or
 * when the models are of different tasks or predict different columns.
 */
export async function answersOf(request: AnswersRequest): Promise<Answers> {
  const { models, port } = request;
  const { task, label, group, card } = taskOf(models, port);
  return withDatabase({ scratch: request.scratch, signal: request.signal }, async (database) => {
    const present = await openTable(database, 'data', request.table);
    const done = models.map((model) => {
      const rest = restOfRules(model.rules, carriedRules(request.table), port);
      return model.rules.length - rest.length;
    });
    requireColumns(present, models, done, label, group);
    // The label is read as the first model knows it: they predict the same column.
    const unfinished = models[0]!.rules.slice(done[0]);
    const kept = new Map((request.columns ?? []).map((name) => [name, [] as TableCell[]]));
    for (const name of kept.keys()) requireColumn(present, name, 'slices');

    const truths: unknown[] = [];
    const groups: string[] = [];
    const scores: Float64Array[][] = models.map(() => []);
    for await (const batch of database.batches<TableRow>(sql`FROM data`)) {
      request.signal.throwIfAborted();
      for (const given of batch) {
        const row = applyRules(unfinished, given) as TableRow;
        const truth = task.truth(row[label] ?? null, card);
        truths.push(truth ?? noLabel(row[label], task.truthIs(card), { port, row: truths.length, column: label }));
        if (group !== undefined) groups.push(String(row[group] ?? ''));
        for (const [name, cells] of kept) cells.push(row[name] ?? null);
      }
      for (const [m, model] of models.entries()) scores[m]!.push(await model.score(batch, done[m]));
    }
    if (truths.length === 0) throw new UserError(`the table "${port}" has no rows`, { where: { port } });
    if (truths.length > (task.mostRows ?? Infinity))
      throw new UserError(`models for ${card.type} cannot be measured on ${truths.length} rows`, {
        where: { port },
        expected: `at most ${task.mostRows}: each row is compared with all others`,
        remedy: 'measure it on a sample of the rows',
      });
    const answered = models.map((model, m) => ({ task: model.card.task, numbers: joined(scores[m]!) }));
    return {
      rows: truths.length,
      task,
      samples: task.samples(truths, answered, group === undefined ? undefined : groups),
      columns: kept,
    };
  });
}

/** The task that the models share, and the columns that it is measured by. */
function taskOf(models: readonly Predictor[], port: string) {
  const cards = models.map((model) => model.card.task);
  const card = cards[0]!;
  const types = [...new Set(cards.map(({ type }) => type))];
  if (types.length > 1)
    throw new UserError('the models have different tasks', { where: { port }, actual: types.join(' and ') });
  const task = figuresOfTask(card.type);
  const labels = [...new Set(cards.map((one) => task.label(one)))];
  const label = labels[0];
  if (labels.length > 1)
    throw new UserError('the models predict different columns', { where: { port }, actual: labels.join(' and ') });
  if (label === undefined)
    throw new UserError(`a model for ${card.type} whose card names no label has nothing to be measured by`, {
      where: { port },
      expected: 'a task with a label: a column whose equal values say that rows are alike',
      remedy: 'name one where the model is written (task.label), or leave the evaluation out',
    });
  for (const other of cards.slice(1)) {
    const why = task.incomparable?.(card, other);
    if (why !== undefined)
      throw new UserError(`the figures of the models cannot be compared: ${why}`, { where: { port } });
  }
  return { task, card, label, group: task.group?.(card) };
}

function requireColumns(
  present: readonly Column[],
  models: readonly Predictor[],
  done: readonly number[],
  label: string,
  group: string | undefined,
): void {
  requireColumn(present, label, `the label of the model`);
  if (group !== undefined) requireColumn(present, group, 'the groups of the model');
  models.forEach((model, m) => {
    for (const name of model.needs(done[m]!)) requireColumn(present, name, `an input of the model`);
  });
}

function noLabel(
  cell: TableCell | undefined,
  expected: string,
  where: { readonly port: string; readonly row: number; readonly column: string },
): never {
  if (cell === null || cell === undefined || cell === '')
    throw new UserError(`a row of the table "${where.port}" has no label`, {
      where,
      remedy: 'label it, or leave such rows out beforehand',
    });
  throw new UserError(`a row of the table "${where.port}" has a label of another sort`, {
    where,
    expected,
    actual: JSON.stringify(cell).slice(0, 80),
  });
}

function joined(batches: readonly Float64Array[]): Float64Array {
  if (batches.length === 1) return batches[0]!;
  const whole = new Float64Array(batches.reduce((length, batch) => length + batch.length, 0));
  let at = 0;
  for (const batch of batches) {
    whole.set(batch, at);
    at += batch.length;
  }
  return whole;
}
