import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import type { Classifier } from '../../models/index.js';
import { openTable, requireColumn, sql, withDatabase, type TableCell, type TableRow } from '@trainyard/tables';
import type { Probabilities } from '@trainyard/metrics';

/** What one model answered. */
export interface ModelAnswers {
  /** Over `Answers.classes`: a class that the model does not know has probability 0. */
  readonly probabilities: Probabilities;
  /** Index of the class that it answered for each row. */
  readonly predicted: Int32Array;
}

/** Labelled rows and what one or more models answered on them. */
export interface Answers {
  readonly rows: number;
  /** The models' classes and those that the rows have, sorted by code unit. */
  readonly classes: readonly string[];
  /** Index of each row's true class. */
  readonly truth: Int32Array;
  /** In the order of the models. */
  readonly models: readonly ModelAnswers[];
  /** Cells of the columns asked for. */
  readonly columns: ReadonlyMap<string, readonly TableCell[]>;
}

export interface AnswersRequest {
  readonly models: readonly Classifier[];
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
 * input of a model, when a row has no label, when there are no rows, or when the models predict different columns.
 */
export async function answersOf(request: AnswersRequest): Promise<Answers> {
  const { models, port } = request;
  const label = labelOf(models, port);
  return withDatabase({ scratch: request.scratch, signal: request.signal }, async (database) => {
    const present = await openTable(database, 'data', request.table);
    requireColumn(present, label, `the label of the model`);
    for (const { card } of models)
      for (const input of card.inputs) requireColumn(present, input.name, `an input of the model`);
    const kept = new Map((request.columns ?? []).map((name) => [name, [] as TableCell[]]));
    for (const name of kept.keys()) requireColumn(present, name, 'slices');

    const labels: string[] = [];
    const scores: Float64Array[][] = models.map(() => []);
    for await (const batch of database.batches<TableRow>(sql`FROM data`)) {
      request.signal.throwIfAborted();
      for (const row of batch) {
        labels.push(labelIn(row, label, labels.length, port));
        for (const [name, cells] of kept) cells.push(row[name] ?? null);
      }
      for (const [m, model] of models.entries()) scores[m]!.push(await model.score(batch));
    }
    if (labels.length === 0) throw new UserError(`the table "${port}" has no rows`, { where: { port } });
    const classes = [...new Set([...models.flatMap((model) => model.classes), ...labels])].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    return {
      rows: labels.length,
      classes,
      truth: Int32Array.from(labels, (name) => places.get(name)!),
      models: models.map((model, m) => spread(model, scores[m]!, labels.length, places)),
      columns: kept,
    };
  });
}

/** Puts a model's own columns of probabilities where the common classes stand. */
function spread(
  model: Classifier,
  batches: readonly Float64Array[],
  rows: number,
  places: ReadonlyMap<string, number>,
): ModelAnswers {
  const own = model.classes.length;
  const classes = places.size;
  const values = new Float64Array(rows * classes);
  const predicted = new Int32Array(rows);
  const to = model.classes.map((name) => places.get(name)!);
  let row = 0;
  for (const batch of batches)
    for (let at = 0; at < batch.length; at += own, row++) {
      const scores = batch.subarray(at, at + own);
      scores.forEach((value, k) => (values[row * classes + to[k]!] = value));
      predicted[row] = to[model.choose(scores)]!;
    }
  return { probabilities: { values, classes }, predicted };
}

function labelOf(models: readonly Classifier[], port: string): string {
  const labels = [...new Set(models.map((model) => model.label))];
  if (labels.length === 1) return labels[0]!;
  throw new UserError('the models predict different columns', { where: { port }, actual: labels.join(' and ') });
}

function labelIn(row: TableRow, label: string, at: number, port: string): string {
  const cell = row[label];
  if (cell !== null && cell !== undefined && cell !== '') return String(cell);
  throw new UserError(`a row of the table "${port}" has no label`, {
    where: { port, row: at, column: label },
    remedy: 'label it, or leave such rows out beforehand',
  });
}
