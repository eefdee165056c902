import { sayShare as percent } from '@trainyard/pages';
import { wilson } from '@trainyard/metrics';
import { openTable, sql, withDatabase } from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { sayNearest } from '@trainyard/errors';
import { implement } from '../../worker/index.js';
import { countCells, MISSING, requireCells, valueOf, type Cell } from './cells.js';
import { representation, type RepresentationFigures } from './contract.js';
import { representationPage } from './pages.js';

type CellFigures = RepresentationFigures['intersections']['smallest'][number];

/** The most combinations that are listed. */
const LISTED = 20;

export const representationNode = implement(representation, async ({ params, inputs, ctx }) => {
  const { groups, label, smallest } = params;
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    await requireCells(database, columns, { label, groups });
    const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM rows`);
    const classes = label === undefined ? [] : await countCells(database, [label]);
    const positive = label === undefined ? undefined : positiveOf(classes, params.positive, label);
    const chosen = label === undefined || positive === undefined ? undefined : sql`${valueOf(label)} = ${positive}`;
    const byColumn: RepresentationFigures['columns'] = [];
    for (const column of groups) {
      const values = await countCells(database, [column], chosen);
      const population = populationOf(params.population?.[column], column, values);
      byColumn.push({
        column,
        missing: values.find(({ values: [value] }) => value === MISSING)?.rows ?? 0,
        values: values.map((one) => ({
          ...cellFigures(one, rows, chosen !== undefined),
          population: population?.get(one.values[0]!) ?? null,
        })),
        ...gapOf(values, smallest, chosen !== undefined),
      });
    }
    const cells = await countCells(database, groups, chosen);
    const possible = byColumn.reduce((product, { values }) => product * values.length, 1);
    const value: RepresentationFigures = {
      rows,
      label: label ?? null,
      positive: positive ?? null,
      classes: classes.map((one) => ({ name: one.values[0]!, ...shareOf(one.rows, rows) })),
      columns: byColumn,
      intersections: {
        columns: groups,
        cells: cells.length,
        empty: possible - cells.length,
        smallest: [...cells]
          .sort((a, b) => a.rows - b.rows)
          .slice(0, LISTED)
          .map((one) => cellFigures(one, rows, chosen !== undefined)),
        ...gapOf(cells, smallest, chosen !== undefined),
      },
      warnings: [],
    };
    const figures = { ...value, warnings: warningsOf(value, cells, smallest) };
    return {
      value: figures,
      files: { 'report.html': representationPage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
    };
  });
});

function positiveOf(classes: readonly Cell[], asked: string | undefined, label: string): string {
  if (asked === undefined) return [...classes].sort((a, b) => a.rows - b.rows)[0]!.values[0]!;
  const names = classes.map(({ values }) => values[0]!);
  if (names.includes(asked)) return asked;
  throw new UserError(`positive names class "${asked}", which column "${label}" does not have`, {
    where: { field: 'positive', column: label },
    expected: `one of ${names.slice(0, 20).join(', ')}`,
    remedy: sayNearest(asked, names),
  });
}

/** Shares of the population by value, as parts of 1. */
function populationOf(
  given: Readonly<Record<string, number>> | undefined,
  column: string,
  values: readonly Cell[],
): Map<string, number> | undefined {
  if (given === undefined) return undefined;
  const names = values.map(({ values: [value] }) => value!);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new UserError(`population names "${name}", which no row has in column "${column}"`, {
        where: { field: 'population', column },
        expected: `one of ${names.slice(0, 20).join(', ')}`,
        remedy: sayNearest(name, names),
      });
  const total = Object.values(given).reduce((sum, share) => sum + share, 0);
  return new Map(Object.entries(given).map(([name, share]) => [name, share / total]));
}

function shareOf(part: number, of: number): { rows: number; share: number; interval: [number, number] } {
  const [low, high] = wilson(part, of);
  return { rows: part, share: of === 0 ? 0 : part / of, interval: [low, high] };
}

function cellFigures({ values, rows, positives }: Cell, total: number, labelled: boolean): CellFigures {
  return { values: [...values], ...shareOf(rows, total), positive: labelled ? shareOf(positives, rows) : null };
}

/** Demographic parity of the label, as fairlearn has it for selections: largest less smallest share, and smallest ÷ largest. */
function gapOf(
  cells: readonly Cell[],
  smallest: number,
  labelled: boolean,
): { difference: number | null; ratio: number | null } {
  const shares = cells.filter(({ rows }) => rows >= smallest).map(({ rows, positives }) => positives / rows);
  if (!labelled || shares.length < 2) return { difference: null, ratio: null };
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  return { difference: high - low, ratio: high === 0 ? null : low / high };
}

function warningsOf(figures: RepresentationFigures, cells: readonly Cell[], smallest: number): string[] {
  const { rows, columns, intersections, label, positive, classes } = figures;
  const warnings: string[] = [];
  for (const one of classes)
    if (one.rows < smallest) warnings.push(`class ${one.name} has ${one.rows} rows: too few to learn and to judge it`);
  for (const { column, missing, values } of columns) {
    if (missing > 0)
      warnings.push(`column ${column} is missing in ${missing} of ${rows} rows: who they are is not known`);
    for (const { values: names, rows: n, share, interval, population } of values) {
      if (n < smallest) warnings.push(`column ${column}: ${names[0]} has ${n} rows: too few to learn and to judge it`);
      if (population !== null && (population < interval[0] || population > interval[1]))
        warnings.push(
          `column ${column}: ${names[0]} is ${percent(share)} of the rows and ${percent(population)} of the population (95 %: ${percent(interval[0])} to ${percent(interval[1])})`,
        );
    }
    if (label === null) continue;
    const large = values.filter((one) => one.rows >= smallest && one.positive !== null);
    const [low, high] = [lowest(large), highest(large)];
    if (low && high && low.positive!.interval[1] < high.positive!.interval[0])
      warnings.push(
        `column ${column}: ${positive} is ${percent(high.positive!.share)} of ${high.values[0]} and ${percent(low.positive!.share)} of ${low.values[0]}, more than chance: a model learns this difference of ${label}, whatever made it`,
      );
  }
  const small = cells.filter(({ rows: n }) => n < smallest).length;
  if (intersections.columns.length > 1 && small + intersections.empty > 0)
    warnings.push(
      `of the combinations of ${intersections.columns.join(', ')}, ${small} have fewer than ${smallest} rows and ${intersections.empty} none`,
    );
  return warnings;
}

type Valued = RepresentationFigures['columns'][number]['values'][number];

function lowest(values: readonly Valued[]): Valued | undefined {
  return [...values].sort((a, b) => a.positive!.share - b.positive!.share)[0];
}

function highest(values: readonly Valued[]): Valued | undefined {
  return [...values].sort((a, b) => b.positive!.share - a.positive!.share)[0];
}
