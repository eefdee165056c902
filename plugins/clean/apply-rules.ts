import { UserError } from '../../core/index.js';
import { dataColumns, id, join, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import type { CleanFigures, Rule, RuleFigures } from './rules.js';
import { NTH, stepOf, type Step } from './steps.js';

/** A table in the making: the name it has in the database, and its columns. */
interface Stage {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/**
 * Applies rules one after the other. Gives a query for the cleaned rows, in the order of the table, and what each rule
 * did. Throws a UserError, with up to five rows, where a rule says that what it finds stops the run.
 */
export async function applyRules(
  database: Database,
  table: string,
  columns: readonly Column[],
  rules: readonly Rule[],
): Promise<{ cleaned: Sql; figures: CleanFigures }> {
  await database.run(sql`CREATE TABLE stage0 AS SELECT *, row_number() OVER () AS ${NTH} FROM ${id(table)}`);
  let stage: Stage = { name: 'stage0', columns, rows: await countRows(database, 'stage0') };
  const before = { rows: stage.rows, missing: await missingCells(database, stage) };
  const done: RuleFigures[] = [];
  for (const [index, rule] of rules.entries()) {
    const step = stepOf(rule, stage.columns, id(stage.name));
    await refuse(database, stage, rule, step);
    const cellsChanged = await countChanges(database, stage, step);
    const next = await applyStep(database, stage, step, `stage${index + 1}`);
    done.push({ rule: rule.rule, columns: [...step.about], rowsDropped: stage.rows - next.rows, cellsChanged });
    stage = next;
  }
  const after = await missingCells(database, stage);
  const names = [...new Set([...before.missing.keys(), ...after.keys()])];
  return {
    cleaned: sql`SELECT ${join(stage.columns.map(({ name }) => id(name)))} FROM ${id(stage.name)} ORDER BY ${NTH}`,
    figures: {
      rows: { before: before.rows, after: stage.rows },
      rules: done,
      missing: names.map((column) => ({
        column,
        before: before.missing.get(column) ?? null,
        after: after.get(column) ?? null,
      })),
    },
  };
}

async function applyStep(database: Database, stage: Stage, step: Step, name: string): Promise<Stage> {
  const kept: { from: Column; to: Column }[] = stage.columns
    .filter((column) => !(step.names?.has(column.name) && step.names.get(column.name) === undefined))
    .map((column) => ({
      from: column,
      to: {
        name: step.names?.get(column.name) ?? column.name,
        type: step.cells?.get(column.name)?.type ?? column.type,
      },
    }));
  const cells = kept.map(
    ({ from, to }) => sql`${step.cells?.get(from.name)?.value ?? id(from.name)} AS ${id(to.name)}`,
  );
  const keep = step.keep ?? sql`true`;
  await database.run(
    sql`CREATE TABLE ${id(name)} AS SELECT ${join([...cells, NTH])} FROM (FROM ${id(stage.name)} WHERE ${keep}) ORDER BY ${NTH}`,
  );
  await database.run(sql`DROP TABLE ${id(stage.name)}`);
  return { name, columns: kept.map(({ to }) => to), rows: await countRows(database, name) };
}

async function countRows(database: Database, name: string): Promise<number> {
  return (await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM ${id(name)}`)).rows;
}

async function missingCells(database: Database, stage: Stage): Promise<Map<string, number>> {
  const columns = dataColumns(stage.columns);
  if (columns.length === 0) return new Map();
  const counts = columns.map(({ name }, i) => sql`count(*) - count(${id(name)}) AS ${id(`m${i}`)}`);
  const row = await database.row<Record<string, number>>(sql`SELECT ${join(counts)} FROM ${id(stage.name)}`);
  return new Map(columns.map(({ name }, i) => [name, row[`m${i}`] ?? 0]));
}

/** Cells whose contents change; of a column that changes its type, those that go missing. */
async function countChanges(database: Database, stage: Stage, { cells }: Step): Promise<number> {
  if (!cells || cells.size === 0) return 0;
  const changes = [...cells].map(([name, { value, type }]) => {
    const same = stage.columns.find((column) => column.name === name)?.type === type;
    const differs = same
      ? sql`${value} IS DISTINCT FROM ${id(name)}`
      : sql`${value} IS NULL AND ${id(name)} IS NOT NULL`;
    return sql`count(*) FILTER (WHERE ${differs})`;
  });
  return (await database.row<{ n: number }>(sql`SELECT ${join(changes, ' + ')} AS n FROM ${id(stage.name)}`)).n;
}

async function refuse(database: Database, stage: Stage, rule: Rule, { stop }: Step): Promise<void> {
  if (!stop) return;
  const found = await database.rows<{ row: string; value: string; total: number }>(
    sql`SELECT ${id(ROW_ID)} AS row, ${id(stop.column)}::VARCHAR AS value, count(*) OVER () AS total
        FROM ${id(stage.name)} WHERE ${stop.failing} ORDER BY ${NTH} LIMIT 5`,
  );
  const first = found[0];
  if (!first) return;
  const more = first.total > found.length ? `; … (${found.length} of ${first.total})` : '';
  throw new UserError(
    `rule "${rule.rule}" refuses ${first.total} ${first.total === 1 ? 'cell' : 'cells'} of column "${stop.column}"`,
    {
      where: { column: stop.column, field: 'rules' },
      expected: stop.expected,
      actual: found.map(({ row, value }) => `row ${row}: ${JSON.stringify(value)}`).join('; ') + more,
      remedy: 'say in the rule what becomes of them (missing or drop), or mend them by a rule before',
    },
  );
}
