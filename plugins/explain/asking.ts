import { UserError } from '@trainyard/errors';
import {
  findFigure,
  quantile,
  shortName,
  valueOn,
  type Figure,
  type Sample,
  type TaskFigures,
} from '@trainyard/metrics';
import { randomFrom, shuffled } from '@trainyard/numeric';
import type { TableCell } from '@trainyard/tables';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { openModel, rowsOfTable } from '../../models/index.js';
import { implement } from '../../worker/index.js';
import { bars, lineChart } from '../kit/charts.js';
import { partial, permutation } from './contract.js';

function figureOf(task: TaskFigures, name: string = task.headlines[0]!): Figure {
  const figure = findFigure(task, name);
  if (figure && figure.better !== 'neither') return figure;
  throw new UserError(`models for ${task.type} have no figure "${name}" that judges them`, {
    where: { field: 'metric' },
    expected: task.figures
      .filter(({ better }) => better !== 'neither')
      .map((one) => shortName(one.name))
      .join(', '),
  });
}

const undefinedFigure = (figure: Figure, when = ''): UserError =>
  new UserError(`${figure.title} is not defined on these rows${when}`, {
    where: { port: 'table', field: 'metric' },
    remedy: 'name another figure, or bring rows on which it is defined',
  });

/** Throws a UserError where the figure is not defined: what is lost of it is nothing that 0 could say. */
function defined(figure: Figure, sample: Sample): number {
  const value = valueOn(figure, sample);
  if (value === null) throw undefinedFigure(figure);
  return value;
}

export const permutationNode = implement(permutation, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { scratch, signal } = ctx;
    const table = await rowsOfTable(model, inputs.table, { port: 'table', most: params.most, scratch, signal });
    const whole = table.measured(await model.score(table.rows));
    const figure = figureOf(whole.task, params.metric);
    const turned = figure.better === 'larger' ? 1 : -1;
    const value = defined(figure, whole.sample);
    const columns = [];
    for (const [c, column] of table.columns.entries()) {
      const losses: number[] = [];
      for (let r = 0; r < params.repeats; r++) {
        signal.throwIfAborted();
        const order = shuffled(table.rows.length, randomFrom(ctx.seed, 1 + c, r));
        const rows = table.rows.map((row, i) => ({ ...row, [column]: table.rows[order[i]!]![column] ?? null }));
        const now = valueOn(figure, table.measured(await model.score(rows)).sample);
        if (now !== null) losses.push(turned * (value - now));
      }
      if (losses.length === 0) throw undefinedFigure(figure, ` with "${column}" shuffled`);
      const importance = losses.reduce((sum, one) => sum + one, 0) / losses.length;
      const square = losses.reduce((sum, one) => sum + (one - importance) ** 2, 0);
      columns.push({
        column,
        importance,
        deviation: losses.length < 2 ? null : Math.sqrt(square / (losses.length - 1)),
        least: Math.min(...losses),
        most: Math.max(...losses),
      });
      ctx.progress((c + 1) / table.columns.length);
    }
    columns.sort((a, b) => b.importance - a.importance || (a.column < b.column ? -1 : 1));
    const mode = `Permutation: the cells of a column are shuffled among ${table.rows.length} rows, ${params.repeats} times. Of columns that go together each can seem to matter little.`;
    const figures = {
      rows: table.rows.length,
      figure: shortName(figure.name),
      value,
      repeats: params.repeats,
      mode,
      columns,
    };
    return {
      value: { ...figures, columns: columns.slice(0, 20) },
      files: {
        'report.html': htmlPage(
          'Permutation importance',
          html`<p>${mode} ${figure.title}: ${sayFigure(value)}.</p>
            ${bars(
              'Permutation importance',
              columns.slice(0, 20).map((one) => ({
                name: one.column,
                size: Math.max(0, one.importance),
                said: sayFigure(one.importance),
              })),
            )}
            ${htmlTable(
              ['column', 'mean loss', 'deviation', 'least', 'most'],
              columns.map((one) => [one.column, one.importance, one.deviation ?? '–', one.least, one.most]),
            )}`,
        ),
        'report.json': `${JSON.stringify(figures)}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});

/** Values of a text column that are looked at, the most frequent first. */
const MOST_VALUES = 20;

/** Where a column is looked at: its quantiles, or its values. */
export function gridOf(cells: readonly TableCell[], points: number): (number | string)[] {
  const known = cells.filter((cell) => cell !== null);
  const numbers = known.filter((cell): cell is number => typeof cell === 'number').sort((a, b) => a - b);
  if (numbers.length > 0 && numbers.length === known.length)
    return [...new Set(Array.from({ length: points }, (_, i) => quantile(numbers, i / (points - 1))))];
  const counts = new Map<string, number>();
  for (const cell of known) counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.slice(0, MOST_VALUES).map(([value]) => value);
}

/** `most` places of `rows`, evenly spread; all where there are fewer. */
export function spread(rows: number, most: number): number[] {
  const drawn = Math.min(most, rows);
  return Array.from({ length: drawn }, (_, r) => Math.floor((r * rows) / drawn));
}

export const partialNode = implement(partial, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { scratch, signal } = ctx;
    const { rows, columns: read } = await rowsOfTable(model, inputs.table, {
      port: 'table',
      most: params.most,
      scratch,
      signal,
    });
    const outputs = model.outputs;
    const strange = params.columns.find((column) => !read.includes(column));
    if (strange !== undefined)
      throw new UserError(`the model reads no column "${strange}"`, {
        where: { field: 'columns' },
        expected: read.join(', '),
      });
    const found = [];
    for (const column of params.columns) {
      const grid = gridOf(
        rows.map((row) => row[column] ?? null),
        params.points,
      );
      const known = rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
      // A boolean stands in the grid by its name; a row without one takes it as well.
      const isBoolean = known.length > 0 && known.every((cell) => typeof cell === 'boolean');
      const given: Float64Array[] = [];
      for (const value of grid) {
        signal.throwIfAborted();
        given.push(await model.score(rows.map((row) => ({ ...row, [column]: isBoolean ? value === 'true' : value }))));
      }
      const course = (row: number, k: number): number[] => given.map((numbers) => numbers[row * outputs.length + k]!);
      const mean = outputs.map((output, k) => ({
        output,
        values: given.map(
          (numbers) => rows.reduce((sum, _, row) => sum + numbers[row * outputs.length + k]!, 0) / rows.length,
        ),
      }));
      found.push({ column, grid, mean, course });
    }
    const mode = `Mean answer over ${rows.length} rows when one column takes a value in all of them (partial dependence), and the course of single rows (ICE). Combinations that never occur count as well.`;
    const drawn = spread(rows.length, params.courses);
    const shown = outputs.length === 2 ? [1] : outputs.map((_, k) => k).slice(0, 6);
    const value = { rows: rows.length, mode, columns: found.map(({ course: _, ...one }) => one) };
    const page = htmlPage(
      'Partial dependence',
      html`<p>${mode}</p>
        ${found.map(
          ({ column, grid, mean, course }) =>
            html`<h2>${column}</h2>
              ${
                grid.length > 1 && grid.every((one) => typeof one === 'number')
                  ? shown.map((k) =>
                      lineChart({
                        title: `${outputs[k]} by ${column}`,
                        x: column,
                        y: outputs[k]!,
                        lines: [
                          { name: 'mean', points: grid.map((x, i) => [x as number, mean[k]!.values[i]!] as const) },
                          ...drawn.map((row, r) => ({
                            name: r === 0 ? 'single rows' : '',
                            dashed: true,
                            points: grid.map((x, i) => [x as number, course(row, k)[i]!] as const),
                          })),
                        ].toReversed(),
                      }),
                    )
                  : htmlTable(
                      [column, ...outputs],
                      grid.map((x, i) => [String(x), ...mean.map(({ values }) => values[i]!)]),
                    )
              }`,
        )}`,
    );
    return {
      value,
      files: {
        'report.html': page,
        'report.json': `${JSON.stringify({ ...value, courses: found.map(({ column, course }) => ({ column, rows: drawn.map((row) => outputs.map((_, k) => course(row, k))) })) })}\n`,
      },
    };
  } finally {
    await model.dispose();
  }
});
