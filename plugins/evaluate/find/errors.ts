import { UserError } from '@trainyard/errors';
import { sayFigure } from '@trainyard/pages';
import { openTable, ROW_ID, sql, withDatabase, writeTable, type TableCell, type TableRow } from '@trainyard/tables';
import { openModel, taskType } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { answersOf } from '../answers.js';
import { ROW_TASKS, wrongness } from '../row-errors.js';
import { errors } from './contract.js';
import { errorsPage } from './page.js';

/** Rows in the value and on the page. */
const [IN_VALUE, SHOWN] = [20, 50];
const MOST_TEXT = 120;

const said = (cell: unknown): string => {
  const text =
    typeof cell === 'number' ? sayFigure(cell) : typeof cell === 'string' ? cell : JSON.stringify(cell ?? null);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
};

export const errorsNode = implement(errors, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { task: card } = model.card;
    const identity = await withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) =>
      (await openTable(database, 'looked at', inputs.table)).some(({ name }) => name === ROW_ID),
    );
    const shown = params.columns.length > 0 ? params.columns : model.needs(model.rules.length).slice(0, 12);
    const label = 'label' in card && card.label !== undefined ? card.label : undefined;
    const columns = [...new Set([...(identity ? [ROW_ID] : []), ...shown, ...(label === undefined ? [] : [label])])];
    let numbers = new Float64Array();
    const answers = await answersOf({
      models: [model],
      table: inputs.table,
      port: 'table',
      columns,
      scratch: ctx.scratch,
      signal: ctx.signal,
      numbers: (values) => (numbers = Float64Array.from(values)),
    });
    const { task } = answers;
    const sample = answers.samples[0]!;
    const found = wrongness(task, sample);
    if (!found)
      throw new UserError(`rows of a model for ${task.type} are not wrong by themselves`, {
        where: { port: 'model' },
        expected: `a model for one of ${ROW_TASKS}`,
      });
    const isRight = task.right?.(sample);
    const order = rank(found.errors, isRight).slice(0, params.most);
    const width = model.outputs.length;
    const cell = (column: string, row: number): TableCell => answers.columns.get(column)![row] ?? null;
    const answerOf = (row: number): string => {
      const own = numbers.subarray(row * width, (row + 1) * width);
      const answer = taskType(card).answer(own, card) as Readonly<Record<string, unknown>>;
      return said(answer['label'] ?? answer['value'] ?? answer['labels'] ?? answer);
    };
    const rows = order.map((row) => ({
      row: identity ? String(cell(ROW_ID, row)) : String(row),
      truth: label === undefined ? '' : said(cell(label, row)),
      answer: answerOf(row),
      error: found.errors[row]!,
      cells: shown.map((column) => cell(column, row)),
    }));
    const value = {
      task: task.type,
      n: answers.rows,
      wrong: isRight ? isRight.filter((one) => !one).length : null,
      says: found.says,
      rows: rows.slice(0, IN_VALUE).map(({ cells: _, ...row }) => row),
    };
    const table = await withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
      await database.insert('wrong', wrongColumns(shown), rowsOf(rows, shown));
      return writeTable(database, sql`FROM wrong`, ctx.scratch, 'rows', { rules: [] });
    });
    const listed = rows
      .slice(0, SHOWN)
      .map((one) => ({ row: one.row, cells: [one.truth, one.answer, sayFigure(one.error), ...one.cells.map(said)] }));
    return {
      rows: table,
      report: {
        value,
        files: {
          'report.html': errorsPage(value, listed, shown),
          'report.json': `${JSON.stringify({ ...value, columns: shown, rows })}\n`,
        },
      },
    };
  } finally {
    await model.dispose();
  }
});

/** Rows by falling error; those that are answered wrong before those that are right. */
function rank(errors: Float64Array, isRight: readonly boolean[] | undefined): number[] {
  const order = Array.from(errors, (_, row) => row);
  return order.sort(
    (a, b) => Number(isRight?.[a] ?? 0) - Number(isRight?.[b] ?? 0) || errors[b]! - errors[a]! || a - b,
  );
}

const wrongColumns = (shown: readonly string[]) => [
  { name: 'row', type: 'text' as const },
  { name: 'truth', type: 'text' as const },
  { name: 'answer', type: 'text' as const },
  { name: 'error', type: 'number' as const },
  ...shown.filter((name) => !FIXED.includes(name)).map((name) => ({ name, type: 'text' as const })),
];

const FIXED = ['row', 'truth', 'answer', 'error'];

function* rowsOf(
  rows: readonly { row: string; truth: string; answer: string; error: number; cells: readonly TableCell[] }[],
  shown: readonly string[],
): Generator<TableRow> {
  for (const { row, truth, answer, error, cells } of rows)
    yield {
      row,
      truth,
      answer,
      error,
      ...Object.fromEntries(
        shown.flatMap((name, i) => {
          const cell = cells[i] ?? null;
          return FIXED.includes(name) ? [] : [[name, cell === null ? null : String(cell)] as const];
        }),
      ),
    };
}
