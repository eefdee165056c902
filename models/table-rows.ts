import type { InputArtifact } from '../core/artifact.js';
import { UserError } from '@trainyard/errors';
import { figuresOfTask, type Sample, type TaskFigures, type TruthCell } from '@trainyard/metrics';
import { id, openTable, requireColumn, sql, withDatabase, type TableRow } from '@trainyard/tables';
import { openThroughRules } from '@trainyard/transforms/tables';
import type { Predictor } from './predictor.js';

/** Rows of a table as a model scores them, all rules of cleaning behind them. */
export interface RowsOfTable {
  readonly rows: TableRow[];
  /** Columns that the model reads of them. */
  readonly columns: readonly string[];
  /** What the model answers to rows like these, measured against the labels of rows `of` (all, where it is left out). */
  measured(numbers: Float64Array, of?: readonly number[]): { readonly task: TaskFigures; readonly sample: Sample };
}

/**
 * Rows of a table in memory, evenly spread where there are more than `most`: for what changes cells and asks the model anew. Throws a
 * UserError where the table has no rows or lacks a column; `measured` does where there is no label, or one of another sort.
 */
export async function rowsOfTable(
  model: Predictor,
  artifact: InputArtifact,
  { port, most, scratch, signal }: { port: string; most: number; scratch: string; signal: AbortSignal },
): Promise<RowsOfTable> {
  const { card, transform } = model;
  const columns = model.needs(model.rules.length);
  const all = await withDatabase({ scratch, signal }, async (database) => {
    const present = transform
      ? await openThroughRules(database, 'rows', artifact, transform, port)
      : await openTable(database, 'rows', artifact);
    for (const name of columns) requireColumn(present, name, 'an input of the model');
    return database.rows<TableRow>(sql`FROM ${id('rows')}`);
  });
  if (all.length === 0) throw new UserError(`the table "${port}" has no rows`, { where: { port } });
  const count = Math.min(all.length, most);
  const rows = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
  const figures = figuresOfTask(card.task.type);
  const label = figures.label(card.task);
  const group = figures.group?.(card.task);
  return {
    rows,
    columns,
    measured: (numbers, of = rows.map((_, i) => i)) => {
      const truths = of.map((at) => {
        const truth = label === undefined ? undefined : figures.truth(rows[at]![label] as TruthCell, card.task);
        if (truth !== undefined) return truth;
        throw new UserError(`a row of the table "${port}" has no label of the model's task`, {
          where: { port, row: at, ...(label === undefined ? {} : { column: label }) },
          expected: figures.truthIs(card.task),
        });
      });
      const groups = group === undefined ? undefined : of.map((at) => String(rows[at]![group] ?? ''));
      const [sample] = figures.samples(truths, [{ task: card.task, numbers }], groups);
      return { task: figures, sample: sample! };
    },
  };
}
