import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import { figuresOfTask, type Sample, type TaskFigures } from '@trainyard/metrics';
import type { Predictor } from '../../models/index.js';
import { restOfRules } from '@trainyard/transforms';
import { featuresOf, openThroughRules } from '@trainyard/transforms/tables';
import {
  carriedRules,
  id,
  join,
  openTable,
  requireColumn,
  sql,
  withDatabase,
  type Column,
  type Database,
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
  /** Told what each model answered, `[rows, outputs]`, in the order of the models. */
  readonly numbers?: (numbers: Float64Array) => void;
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
    const kept = new Map((request.columns ?? []).map((name) => [name, [] as TableCell[]]));
    for (const name of kept.keys()) requireColumn(present, name, 'slices');
    const opened: Opened[] = [];
    for (const [m, { transform }] of models.entries())
      opened.push(
        transform
          ? {
              name: `data ${m}`,
              columns: await openThroughRules(database, `data ${m}`, request.table, transform, port),
            }
          : { name: 'data', columns: present },
      );

    const truths: unknown[] = [];
    const groups: string[] = [];
    // The label is read as the first model knows it: they predict the same column.
    const { name: first, columns } = opened[0]!;
    const wanted = [...new Set([label, ...(group === undefined ? [] : [group]), ...kept.keys()])];
    for (const name of wanted) requireColumn(columns, name, `the rows of the table "${port}" after cleaning`);
    const cells = sql`SELECT ${join(wanted.map(id))} FROM ${id(first)}`;
    for await (const batch of database.batches<TableRow>(cells)) {
      request.signal.throwIfAborted();
      for (const row of batch) {
        const truth = task.truth(row[label] ?? null, card);
        truths.push(truth ?? noLabel(row[label], task.truthIs(card), { port, row: truths.length, column: label }));
        if (group !== undefined) groups.push(String(row[group] ?? ''));
        for (const [name, one] of kept) one.push(row[name] ?? null);
      }
    }
    if (truths.length === 0) throw new UserError(`the table "${port}" has no rows`, { where: { port } });
    if (truths.length > (task.mostRows ?? Infinity))
      throw new UserError(`models for ${card.type} cannot be measured on ${truths.length} rows`, {
        where: { port },
        expected: `at most ${task.mostRows}: each row is compared with all others`,
        remedy: 'measure it on a sample of the rows',
      });
    const answered: { task: Predictor['card']['task']; numbers: Float64Array }[] = [];
    for (const [m, model] of models.entries()) {
      const numbers = await scored(database, model, opened[m]!, request);
      request.numbers?.(numbers);
      answered.push({ task: model.card.task, numbers });
    }
    return {
      rows: truths.length,
      task,
      samples: task.samples(truths, answered, group === undefined ? undefined : groups),
      columns: kept,
    };
  });
}

/** A table as a model takes it, under a name. */
interface Opened {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** What a model answers to all rows, in their order: their features are computed by the database where it takes features. */
async function scored(
  database: Database,
  model: Predictor,
  { name, columns }: Opened,
  { port, signal }: AnswersRequest,
): Promise<Float64Array> {
  const numbers: Float64Array[] = [];
  if (!model.transform || !model.scoreFeatures) {
    for await (const batch of database.batches<TableRow>(sql`FROM ${id(name)}`)) {
      signal.throwIfAborted();
      numbers.push(await model.score(batch));
    }
    return joined(numbers);
  }
  const { features, query } = await featuresOf(database, name, columns, model.transform, port);
  for await (const batch of database.columnBatches(query)) {
    signal.throwIfAborted();
    const values = new Float64Array(batch.rows * features.length);
    batch.columns.forEach((column, j) => {
      for (let row = 0; row < batch.rows; row++) values[row * features.length + j] = column[row] as number;
    });
    numbers.push(await model.scoreFeatures(values, batch.rows));
  }
  return joined(numbers);
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
