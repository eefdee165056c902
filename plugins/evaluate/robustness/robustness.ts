import { isTrainyardError, sayNearest, UserError } from '@trainyard/errors';
import { shortName, valueOn } from '@trainyard/metrics';
import { randomFrom, type Random } from '@trainyard/numeric';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { TableCell, TableRow } from '@trainyard/tables';
import type { z } from 'zod';
import { openModel, rowsOfTable } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { decidingFigure } from '../comparison.js';
import { robustness, type robustnessFigures } from './contract.js';

type Figures = z.output<typeof robustnessFigures>;
type Harm = Figures['curves'][number]['harm'];

const SAID: Readonly<Record<Harm, string>> = {
  noise: 'noise, in standard deviations',
  missing: 'share of cells left out',
  shift: 'shift, in standard deviations',
};

export const robustnessNode = implement(robustness, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { scratch, signal } = ctx;
    const table = await rowsOfTable(model, inputs.table, { port: 'table', most: params.most, scratch, signal });
    const columns = params.columns ?? table.columns;
    const strange = columns.find((column) => !table.columns.includes(column));
    if (strange !== undefined)
      throw new UserError(`the model reads no column "${strange}"; ${sayNearest(strange, [...table.columns])}`, {
        where: { field: 'columns' },
      });
    const whole = table.measured(await model.score(table.rows));
    const figure = decidingFigure(whole.task, params.metric);
    const unharmed = valueOn(figure, whole.sample);
    if (unharmed === null)
      throw new UserError(`${figure.title} is not defined on these rows`, {
        where: { port: 'table', field: 'metric' },
        remedy: 'name another figure, or bring rows on which it is defined',
      });
    const spreads = new Map(columns.map((column) => [column, spreadOf(table.rows, column)]));
    const curves: Figures['curves'] = [];
    for (const [h, harm] of (['noise', 'missing', 'shift'] as const).entries()) {
      const points: Figures['curves'][number]['points'] = [];
      let refused: string | null = null;
      for (const [l, level] of params[harm].entries()) {
        signal.throwIfAborted();
        const random = randomFrom(ctx.seed, 1 + h, l);
        const rows = table.rows.map((row) =>
          harmed(row, columns, (cell, column) => HARMS[harm](cell, spreads.get(column)!, level, random)),
        );
        try {
          const { sample } = table.measured(await model.score(rows));
          points.push({ level, value: valueOn(figure, sample) });
        } catch (error) {
          if (!isTrainyardError(error)) throw error;
          refused = error.message;
          break;
        }
      }
      curves.push({ harm, points, refused });
    }
    const value: Figures = {
      figure: shortName(figure.name),
      rows: table.rows.length,
      value: unharmed,
      curves,
    };
    return {
      value,
      files: { 'report.html': page(value, figure.title), 'report.json': `${JSON.stringify({ ...value, columns })}\n` },
    };
  } finally {
    await model.dispose();
  }
});

const harmed = (
  row: TableRow,
  columns: readonly string[],
  of: (cell: TableCell, column: string) => TableCell,
): TableRow => ({
  ...row,
  ...Object.fromEntries(columns.map((column) => [column, of(row[column] ?? null, column)])),
});

/** Numbers alone are moved; any cell can be left out. Whole numbers become what lies between as well. */
const HARMS: Readonly<Record<Harm, (cell: TableCell, spread: number, level: number, random: Random) => TableCell>> = {
  noise: (cell, spread, level, random) => (typeof cell === 'number' ? cell + level * spread * normal(random) : cell),
  missing: (cell, _spread, level, random) => (random.uniform() < level ? null : cell),
  shift: (cell, spread, level) => (typeof cell === 'number' ? cell + level * spread : cell),
};

/** A normal number, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

function spreadOf(rows: readonly TableRow[], column: string): number {
  const numbers = rows.flatMap((row) => (typeof row[column] === 'number' ? [row[column]] : []));
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return numbers.length < 2
    ? 0
    : Math.sqrt(numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (numbers.length - 1));
}

function page({ rows, value, curves }: Figures, title: string): string {
  return htmlPage(
    'Robustness',
    html`<p class="soft">
        ${rows} rows as they are: ${title} ${sayFigure(value)}. Then the same rows, harmed; cells are harmed by
        themselves, after the rules of cleaning.
      </p>
      ${curves.map(
        ({ harm, points, refused }) =>
          html`<h2>${SAID[harm]}</h2>
            ${refused !== null && html`<p>The model takes no such rows: ${refused}</p>`}
            ${
              points.length > 0 &&
              html`${lineChart({
                title: `${title} by ${harm}`,
                x: SAID[harm],
                y: title,
                dots: true,
                lines: [
                  {
                    name: 'this model',
                    points: [{ level: 0, value }, ...points]
                      .toSorted((a, b) => a.level - b.level)
                      .flatMap((one) => (one.value === null ? [] : [[one.level, one.value] as const])),
                  },
                ],
              })}
              ${htmlTable(
                [SAID[harm], title],
                points.map((one) => [one.level, one.value]),
              )}`
            }`,
      )}`,
  );
}
