import { UserError } from '../../core/index.js';
import {
  dataColumns,
  id,
  inner,
  innerName,
  join,
  quarantineLines,
  ROW_ID,
  sql,
  type CarriedRule,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { columnsAfter, isRowRule, ruleStep, stepCells, travelling, type TableStep } from '@trainyard/transforms';
import { NTH } from './place.js';
import type { CleanFigures, Rule, RuleFigures } from './rules.js';
import { tableRuleStep, type TableRuleStep } from './table-rules/index.js';

/** A table as rules left it. */
export interface Cleaned {
  /** The rows that stay, in the order of the table. */
  readonly query: Sql;
  /** A line for each row that was dropped. */
  readonly dropped: Sql;
  readonly figures: Omit<CleanFigures, 'missing'>;
  /** The rules that requests go through as well. */
  readonly carried: readonly CarriedRule[];
}

/** A rule's place in the run of rules that one pass computes. */
interface Layer {
  readonly rule: Rule;
  readonly step: TableStep;
  readonly before: readonly Column[];
  readonly after: readonly Column[];
  /** The relation before the rule: its columns under their names then, with the hidden ones. */
  readonly from: Sql;
}

/** A table in the making: a relation, with its place where rows are counted, and how many rows it has. */
interface Stage {
  readonly from: Sql;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** The number of the rule that dropped a row, and of the first that it makes stop the run; NULL while it stays. */
const DROPPED = inner('dropped by');
const STOPPED = inner('stopped by');
const changedBy = (nth: number): string => innerName(`changed by ${nth}`);

/**
 * Takes a relation, which has `NTH` beside its columns, through rules. Row rules that follow each other are one query, which is asked twice: for what each rule
 * does, exactly as if they were applied one after the other, and for the rows. A rule that compares rows has the rows before it
 * written down once. `given` is how many rows the table has. Throws a UserError, with up to five rows, where a rule says that what it finds stops the run.
 */
export async function applyRules(
  database: Database,
  table: Sql,
  columns: readonly Column[],
  rules: readonly Rule[],
  given: number,
): Promise<Cleaned> {
  let stage: Stage = { from: table, columns, rows: given };
  const figures: RuleFigures[] = [];
  const dropped: Sql[] = [];
  const carried: CarriedRule[] = [];
  for (const [at, run] of runsOf(rules).entries()) {
    // The table itself is read as cheaply as a copy of it.
    const start = at === 0 || run.every(isRowRule) ? stage : await written(database, stage, at);
    const pass = await layersOf(database, start, run, at);
    const done = await countPass(database, pass, start.rows);
    figures.push(...done.figures);
    dropped.push(...droppedLines(pass, done.figures));
    carried.push(...pass.layers.flatMap(({ step }) => carry(step)));
    stage = {
      from: sql`(SELECT * FROM ${pass.from} WHERE ${DROPPED} IS NULL)`,
      columns: pass.columns,
      rows: done.rows,
    };
  }
  // Row rules keep the order by themselves; what compares rows does not.
  const order = rules.every(isRowRule) ? sql`` : sql`ORDER BY ${NTH}`;
  const query = sql`SELECT ${join(stage.columns.map(({ name }) => id(name)))} FROM ${stage.from} ${order}`;
  const none = quarantineLines(table, { row: NTH, place: NTH, cells: [] }, []);
  return {
    query,
    dropped:
      dropped.length === 0
        ? none
        : sql`SELECT * FROM (${join(
            dropped.map((lines) => sql`(${lines})`),
            ' UNION ALL ',
          )}) ORDER BY place`,
    figures: { rows: { before: given, after: stage.rows }, rules: figures },
    carried,
  };
}

/** Rules of tables stand alone; row rules that follow each other stand together. */
function runsOf(rules: readonly Rule[]): Rule[][] {
  const runs: Rule[][] = [];
  for (const rule of rules) {
    const last = runs.at(-1);
    if (last && isRowRule(rule) && isRowRule(last[0]!)) last.push(rule);
    else runs.push([rule]);
  }
  return runs;
}

async function written(database: Database, stage: Stage, at: number): Promise<Stage> {
  const name = innerName(`stage ${at}`);
  const cells = join([...stage.columns.map((column) => id(column.name)), NTH]);
  await database.run(sql`CREATE TABLE ${id(name)} AS SELECT ${cells} FROM ${stage.from}`);
  return { ...stage, from: id(name) };
}

interface Pass {
  readonly layers: readonly Layer[];
  /** The rows after the last rule, dropped ones among them, with the hidden columns. */
  readonly from: Sql;
  readonly columns: readonly Column[];
}

async function layersOf(database: Database, stage: Stage, rules: readonly Rule[], at: number): Promise<Pass> {
  let from = sql`(SELECT *, NULL::INTEGER AS ${DROPPED}, NULL::INTEGER AS ${STOPPED} FROM ${stage.from})`;
  let columns = stage.columns;
  const layers: Layer[] = [];
  for (const [nth, rule] of rules.entries()) {
    const step: TableStep & TableRuleStep = stepOf(rule, columns, stage.from, at);
    await database.define(step.functions ?? []);
    await step.before?.(database);
    const after = columnsAfter(step, columns);
    layers.push({ rule, step, before: columns, after, from });
    const hidden = layers.slice(0, nth).map((_, i) => id(changedBy(i)));
    const drops = step.drop
      ? sql`coalesce(${DROPPED}, CASE WHEN ${step.drop.failing} THEN ${BigInt(nth)} END)::INTEGER AS ${DROPPED}`
      : DROPPED;
    const stops = step.stop
      ? sql`coalesce(${STOPPED}, CASE WHEN ${DROPPED} IS NULL AND ${step.stop.failing} THEN ${BigInt(nth)} END)::INTEGER AS ${STOPPED}`
      : STOPPED;
    const changes = sql`${changesOf(step, columns)} AS ${id(changedBy(nth))}`;
    from = sql`(SELECT ${join([...stepCells(step, columns), ...hidden, changes, drops, stops, NTH])} FROM ${from})`;
    columns = after;
  }
  // What calls functions of ours is costly: it is computed once and kept.
  if (layers.some(({ step }) => step.functions?.length)) {
    const name = innerName(`pass ${at}`);
    await database.run(sql`CREATE TABLE ${id(name)} AS FROM ${from}`);
    from = id(name);
  }
  return { layers, from, columns };
}

function stepOf(rule: Rule, columns: readonly Column[], table: Sql, at: number): TableStep | TableRuleStep {
  if (isRowRule(rule)) return ruleStep(rule, columns).step;
  return tableRuleStep(rule, { columns, table, found: `found ${at}` });
}

/** How many cells of a row that is not dropped a step changes; of a column that changes its type, those that go missing. */
function changesOf({ cells }: TableStep, columns: readonly Column[]): Sql {
  const changes = [...(cells ?? [])].flatMap(([name, { value, type }]) => {
    const known = columns.find((column) => column.name === name);
    if (!known) return [];
    return known.type === type
      ? [sql`(${value} IS DISTINCT FROM ${id(name)})::INTEGER`]
      : [sql`(${value} IS NULL AND ${id(name)} IS NOT NULL)::INTEGER`];
  });
  return changes.length === 0
    ? sql`0::INTEGER`
    : sql`(CASE WHEN ${DROPPED} IS NULL THEN ${join(changes, ' + ')} ELSE 0 END)`;
}

async function countPass(
  database: Database,
  { layers, from }: Pass,
  rows: number,
): Promise<{ figures: RuleFigures[]; rows: number }> {
  const counts = layers.flatMap((_, nth) => [
    sql`sum(${id(changedBy(nth))})::BIGINT AS ${id(`c${nth}`)}`,
    sql`count(*) FILTER (WHERE ${DROPPED} = ${BigInt(nth)}) AS ${id(`d${nth}`)}`,
  ]);
  const found = await database.row<Record<string, number | null>>(
    sql`SELECT ${join([sql`min(${STOPPED}) AS stopped`, ...counts])} FROM ${from}`,
  );
  if (typeof found['stopped'] === 'number') await refuse(database, layers[found['stopped']]!);
  const figures = layers.map(({ rule, step }, nth) => ({
    rule: rule.rule,
    columns: [...step.about],
    rowsDropped: found[`d${nth}`] ?? 0,
    cellsChanged: found[`c${nth}`] ?? 0,
    serving: step.travels !== undefined,
  }));
  return { figures, rows: rows - figures.reduce((sum, { rowsDropped }) => sum + rowsDropped, 0) };
}

/** The lines of quarantine of the rules that dropped rows, from the rows as they stood before each rule. */
function droppedLines({ layers }: Pass, figures: readonly RuleFigures[]): Sql[] {
  return layers.flatMap(({ rule, step, before, from }, nth) => {
    const { drop } = step;
    if (!drop || figures[nth]?.rowsDropped === 0) return [];
    const row = before.some(({ name }) => name === ROW_ID) ? id(ROW_ID) : sql`${NTH}::VARCHAR`;
    const cells = dataColumns(before).map(({ name }) => ({ name, cell: id(name) }));
    const text = drop.column === null ? sql`NULL` : id(drop.column);
    const fault = {
      rule: rule.rule,
      column: drop.column,
      failing: sql`(${DROPPED} IS NULL AND ${drop.failing})`,
      text,
      expected: drop.expected,
    };
    return [quarantineLines(from, { row, place: NTH, cells }, [fault])];
  });
}

async function refuse(database: Database, { rule, step, from, before }: Layer): Promise<void> {
  const { stop } = step;
  if (!stop) return;
  const row = before.some(({ name }) => name === ROW_ID) ? id(ROW_ID) : sql`${NTH}::VARCHAR`;
  const found = await database.rows<{ row: string; value: string | null; total: number }>(
    sql`SELECT ${row} AS row, ${id(stop.column)}::VARCHAR AS value, count(*) OVER () AS total
        FROM ${from} WHERE ${DROPPED} IS NULL AND ${stop.failing} ORDER BY ${NTH} LIMIT 5`,
  );
  const first = found[0];
  if (!first) return;
  const more = first.total > found.length ? `; … (${found.length} of ${first.total})` : '';
  throw new UserError(
    `rule "${rule.rule}" refuses ${first.total} ${first.total === 1 ? 'cell' : 'cells'} of column "${stop.column}"`,
    {
      where: { column: stop.column, field: 'rules' },
      expected: stop.expected,
      actual: found.map((one) => `row ${one.row}: ${JSON.stringify(one.value)}`).join('; ') + more,
      remedy: 'say in the rule what becomes of them (missing or drop), or mend them by a rule before',
    },
  );
}

/** The rule as the table carries it: JSON, without what was left out. */
function carry(step: TableStep): CarriedRule[] {
  const rule = travelling(step);
  return rule ? [JSON.parse(JSON.stringify(rule)) as CarriedRule] : [];
}
