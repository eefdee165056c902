import { id, inner, innerName, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables';
import { compileRules, type Compiled, type CompileOptions } from './compile.js';
import { checkFiguresOf, type CheckFigures, type RuleFigures } from './figures.js';
import { OnePass } from './one-pass.js';
import { DidNotRun, type Check, type QueryCheck, type RowCheck } from './rule-kind.js';
import type { Rule } from './rules/index.js';
import { askTexts } from './texts.js';
import { runWritten } from './written.js';

/** Failing rows that are shown of each rule, and signs that are shown of a cell. */
const [EXAMPLES, SHOWN] = [5, 80];
const PLACE = inner('place');

/** A table that is checked: a Parquet file that the database has as a relation. */
export interface TableToCheck {
  /** The relation, in the order of the table. */
  readonly from: Sql;
  readonly columns: readonly Column[];
  readonly path: string;
}

export interface CheckOptions extends CompileOptions {
  /** Tables that the rules name, by name. */
  readonly others?: ReadonlyMap<string, TableToCheck>;
  /** The moment that ages are counted to. */
  readonly at?: string | undefined;
  readonly scratch?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

type Asked = Compiled & { readonly asked: { readonly check: Check } };
type Found = Pick<RuleFigures, 'verdict' | 'failing' | 'actual' | 'why' | 'examples'> & { readonly seen: number };

/**
 * Checks a table by rules: all that can be counted is counted in one pass over it; rules that look at rows together, or that
 * their author wrote as a query, take one more each. A rule that cannot run says why.
 */
export async function checkTable(
  database: Database,
  table: TableToCheck,
  rules: readonly Rule[],
  options: CheckOptions = {},
): Promise<CheckFigures> {
  const others = options.others ?? new Map<string, TableToCheck>();
  const checked = { columns: table.columns, cell: id, others, at: options.at };
  const compiled = await Promise.all(
    compileRules(rules, checked, options).map((one, nth) => askedByDatabase(database, table, one, nth)),
  );
  const pass = new OnePass();
  const all = pass.count(sql`true`);
  const asks = compiled.map((one) => ('check' in one.asked ? askOf(pass, one.asked.check) : undefined));
  const figure = await pass.take(database, table.from);
  const rows = Number(figure(all));
  const done: RuleFigures[] = [];
  for (const [nth, one] of compiled.entries()) {
    const ask = asks[nth];
    const found =
      'check' in one.asked && ask
        ? await judge(database, table, { ...one, asked: one.asked }, { rows, ask, figure }, options)
        : undefined;
    done.push(figuresOf(one, rows, found));
  }
  return checkFiguresOf(rows, await withIdentities(database, table, done));
}

/** What was asked of the one pass for a rule. */
interface Ask {
  readonly seen: string;
  readonly failing?: string;
  readonly figures?: Readonly<Record<string, string>>;
}

async function askedByDatabase(
  database: Database,
  { from }: TableToCheck,
  one: Compiled,
  nth: number,
): Promise<Compiled> {
  if (!('check' in one.asked) || one.asked.check.sort !== 'texts') return one;
  return {
    ...one,
    asked: { check: await askTexts(database, one.asked.check, from, innerName(`refused texts ${nth}`)) },
  };
}

function askOf(pass: OnePass, check: Check): Ask {
  switch (check.sort) {
    case 'rows':
      return { seen: pass.count(check.looks), failing: pass.count(both(check)) };
    case 'figures': {
      const figures = Object.entries(check.figures).map(([name, aggregate]) => [name, pass.ask(aggregate)]);
      return { seen: pass.count(check.looks), figures: Object.fromEntries(figures) as Record<string, string> };
    }
    case 'query':
    case 'texts':
      return { seen: pass.count(check.looks) };
    case 'written':
      return { seen: pass.count(sql`true`) };
  }
}

/** Rows that break a rule. */
export function both({ looks, failing }: Pick<RowCheck, 'looks' | 'failing'>): Sql {
  return looks.text === 'true' ? failing : sql`${looks} AND (${failing})`;
}

async function judge(
  database: Database,
  table: TableToCheck,
  { asked: { check }, tolerated }: Asked,
  { rows, ask, figure }: { rows: number; ask: Ask; figure: (alias: string) => number | string | boolean | null },
  options: CheckOptions,
): Promise<Found> {
  const seen = Number(figure(ask.seen));
  const none = { seen, failing: 0, actual: null, why: null, examples: [] };
  const judged = (failing: number): 'passed' | 'failed' => (failing > tolerated * seen ? 'failed' : 'passed');
  if (check.sort === 'figures') {
    const figures = Object.fromEntries(Object.entries(ask.figures ?? {}).map(([name, alias]) => [name, figure(alias)]));
    const said = check.judge(figures);
    if ('why' in said) return { ...none, verdict: 'did not run', why: said.why };
    return { ...none, verdict: said.well ? 'passed' : 'failed', actual: said.actual };
  }
  if (check.sort === 'written') {
    try {
      const tables = new Map([
        ['data', table.path],
        ...[...(options.others ?? [])].map(([name, { path }]) => [name, path] as const),
      ]);
      const { failing, examples } = await runWritten(check, tables, options);
      return { ...none, verdict: judged(failing), failing, examples: examples.map(shorten) };
    } catch (error) {
      if (error instanceof DidNotRun) return { ...none, verdict: 'did not run', why: error.message };
      throw error;
    }
  }
  if (seen === 0) {
    const why = rows === 0 ? 'the table has no rows' : `all ${rows} rows lack what it asks about`;
    return { ...none, verdict: 'did not run', why };
  }
  const query = check.sort === 'query' ? check.failing : failingRows(check as RowCheck);
  const failing =
    ask.failing === undefined ? await countFailing(database, query(table.from, sql`0`)) : Number(figure(ask.failing));
  if (failing === 0) return { ...none, verdict: 'passed' };
  const placed = sql`(SELECT *, row_number() OVER () AS ${PLACE} FROM ${table.from})`;
  const examples = await database.rows<{ place: number; text: string | null }>(
    sql`FROM (${query(placed, PLACE)}) ORDER BY place LIMIT ${BigInt(EXAMPLES)}`,
  );
  return {
    ...none,
    verdict: judged(failing),
    failing,
    examples: examples.map((one) => shorten({ ...one, row: null })),
  };
}

function failingRows(check: RowCheck): QueryCheck['failing'] {
  return (from, place) => sql`SELECT ${place} AS place, ${check.shown} AS text FROM ${from} WHERE ${both(check)}`;
}

async function countFailing(database: Database, query: Sql): Promise<number> {
  return (await database.row<{ failing: number }>(sql`SELECT count(*) AS failing FROM (${query})`)).failing;
}

type Example = RuleFigures['examples'][number];

function shorten({ text, ...one }: Example): Example {
  return { ...one, text: text !== null && text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text };
}

function figuresOf({ rule, called, columns, asked }: Compiled, rows: number, found: Found | undefined): RuleFigures {
  const of = { rule, called, columns: [...columns], expected: 'check' in asked ? asked.check.expected : '' };
  if (found && 'check' in asked) {
    const { seen, ...rest } = found;
    return { ...of, ...rest, seen, skipped: rows - seen, excused: false };
  }
  const { why, excused } = asked as { why: string; excused: boolean };
  return {
    ...of,
    verdict: 'did not run',
    seen: 0,
    skipped: rows,
    failing: 0,
    actual: null,
    why,
    excused,
    examples: [],
  };
}

/** Puts the identity of each shown row beside its place. */
async function withIdentities(
  database: Database,
  table: TableToCheck,
  rules: readonly RuleFigures[],
): Promise<RuleFigures[]> {
  const places = rules.flatMap(({ examples }) => examples.flatMap(({ place }) => (place === null ? [] : [place])));
  if (places.length === 0 || !table.columns.some(({ name }) => name === ROW_ID)) return [...rules];
  const rows = await database.rows<{ place: number; row: string }>(
    sql`SELECT place, "row" FROM (SELECT row_number() OVER () AS place, ${id(ROW_ID)} AS "row" FROM ${table.from})
        WHERE list_contains(${[...new Set(places)].map(BigInt)}, place)`,
  );
  const byPlace = new Map(rows.map(({ place, row }) => [place, row]));
  return rules.map((rule) => ({
    ...rule,
    examples: rule.examples.map((one) => ({
      ...one,
      row: one.place === null ? one.row : (byPlace.get(one.place) ?? null),
    })),
  }));
}
