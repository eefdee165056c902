import { availableParallelism } from 'node:os';
import { html, htmlPage, htmlTable, htmlWarnings } from '@trainyard/pages';
import {
  carriedRules,
  foldName,
  id,
  inner,
  innerName,
  join,
  openTable,
  requireColumn,
  ROW_ID,
  sql,
  withDatabase,
  writeTable,
  type CarriedRule,
  type Column,
  type Database,
} from '@trainyard/tables';
import {
  checkTake,
  historyQuery,
  heldQuery,
  holdsValues,
  ORDER_TYPES,
  withoutOthers,
  type HistoryQuery,
  type HistoryTake,
} from '@trainyard/transforms';
import { durationMs, UserError } from '../../core/index.js';
import { implement } from '../../worker/index.js';
import { history, type HistoryFigures } from './contract.js';
import { foldWindows } from './fold-windows.js';

const NTH = inner('nth');

export const historyNode = implement(history, ({ params, inputs, ctx }) =>
  // What is computed of a key depends on no other key, so threads change no bit.
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal, threads: availableParallelism() }, async (database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    const key = params.key.map((name) => namedColumn(columns, name, 'key'));
    const order = orderOf(columns, params.order);
    const gap = params.gap === undefined ? 1 : spanOf(order, params.gap, 'gap');
    const takes = params.columns.map((one): HistoryTake => {
      const { type } = namedColumn(columns, one.of, 'columns');
      const take = {
        ...one,
        type,
        within: 'within' in one && one.within !== undefined ? spanOf(order, one.within, 'within') : undefined,
      };
      checkTake(take, gap);
      return take;
    });
    refuseTaken(columns, [...takes.map(({ name }) => name), params.earlier]);
    await refuseMissing(database, [...params.key, params.order]);
    const numbered = sql`(SELECT row_number() OVER () AS ${NTH}, * FROM rows)`;
    const asked = { key: params.key, order, gap, takes };
    const kept = { cell: NTH, name: innerName('nth') };
    const folded = (await fitInMemory(database, asked))
      ? undefined
      : await foldWindows(database, asked, numbered, kept, ctx.signal);
    const listed = takes.filter((take) => folded === undefined || !holdsValues(take));
    const from = [
      ...(listed.length > 0 ? [historyQuery({ ...asked, takes: listed }, numbered, NTH)] : []),
      ...(folded ? [folded] : []),
    ];
    const carried = carriedRules(inputs.table);
    const inner = withoutOthers(carried);
    const rule = {
      rule: 'history',
      column: params.earlier,
      order: { name: order.name, type: order.type },
      key: key.map(({ name, type }) => ({ name, type })),
      // Earlier rows come as they were before cleaning, like the row that brings them.
      ...(inner.length > 0 && { rules: inner }),
      gap,
      takes,
    };
    const table = await writeTable(
      database,
      sql`SELECT a.* EXCLUDE (${NTH}), ${join(
        takes.map((take) => sql`${id(`b${listed.includes(take) ? 0 : from.length - 1}`)}.${id(take.name)}`),
      )}
            FROM ${numbered} AS a ${join(
              from.map((made, i) => sql`JOIN (${made}) AS ${id(`b${i}`)} USING (${NTH})`),
              ' ',
            )} ORDER BY a.${NTH}`,
      ctx.scratch,
      'table',
      { rules: [...carried, JSON.parse(JSON.stringify(rule)) as CarriedRule] },
    );
    const figures = await figuresOf(database, params.key, table.files['data.parquet'].path, takes);
    return {
      table,
      report: {
        value: figures,
        files: { 'report.html': historyPage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
      },
    };
  }),
);

function namedColumn(columns: readonly Column[], name: string, field: string): Column {
  if (name !== ROW_ID) return requireColumn(columns, name, field);
  throw new UserError(`${field} names column "${ROW_ID}", which is the identity of rows`, {
    where: { field, column: name },
    expected: 'a column of data',
  });
}

type Order = Column & { readonly type: (typeof ORDER_TYPES)[number] };

function orderOf(columns: readonly Column[], name: string): Order {
  const { type } = namedColumn(columns, name, 'order');
  const known = ORDER_TYPES.find((one) => one === type);
  if (known) return { name, type: known };
  throw new UserError(`the order is a column of ${type}, of which no value has a next one`, {
    where: { field: 'order', column: name },
    expected: 'timestamps, dates or integers',
    actual: type,
    remedy: `read it as one of these: { rule: 'type', column: '${name}', to: 'timestamp' } of clean.table`,
  });
}

/** A length on the order's clock: milliseconds, or units of integers. */
function spanOf({ type, name }: Order, given: string | number, field: string): number {
  const span = type === 'integer' ? given : typeof given === 'string' ? durationMs(given) : undefined;
  if (typeof span === 'number' && Number.isSafeInteger(span) && span >= 1) return span;
  throw new UserError(`${field} is no length on the clock of "${name}"`, {
    where: { field, column: name },
    expected: type === 'integer' ? 'a whole number of at least 1' : "words such as '7 days' or '36 hours'",
    actual: JSON.stringify(given),
  });
}

/** Throws a UserError for a new name that a column has, or that two of the new ones share. */
function refuseTaken(columns: readonly Column[], names: readonly string[]): void {
  const taken = new Map(columns.map(({ name }) => [foldName(name), name]));
  for (const name of names) {
    const twin = taken.get(foldName(name));
    if (twin !== undefined)
      throw new UserError(`"${name}" would be the name of two columns: there is "${twin}"`, {
        where: { field: 'columns', column: name },
        expected: 'names that differ by more than case',
      });
    taken.set(foldName(name), name);
  }
}

/** Values that the windows of one key may hold together where the database adds them, since it holds them all at once. */
const HELD = 40_000_000;

/** Whether windows fit into memory as lists; where the largest key's nearly do not, large keys are taken one after the other. */
async function fitInMemory(database: Database, asked: HistoryQuery): Promise<boolean> {
  if (!asked.takes.some(holdsValues)) return true;
  const { most } = await database.row<{ most: number }>(heldQuery(asked, sql`rows`));
  if (most > HELD / 16) await database.run(sql`SET threads = 1`);
  return most <= HELD;
}

/** Throws a UserError for rows of which nobody can say what lies before them. */
async function refuseMissing(database: Database, names: readonly string[]): Promise<void> {
  const counted = await database.row<Record<string, number>>(
    sql`SELECT ${join(names.map((name, i) => sql`(count(*) - count(${id(name)})) AS ${id(`c${i}`)}`))} FROM rows`,
  );
  const at = names.findIndex((_, i) => (counted[`c${i}`] ?? 0) > 0);
  if (at < 0) return;
  const column = names[at]!;
  const [first] = await database.rows<{ nth: number }>(
    sql`SELECT nth FROM (SELECT row_number() OVER () AS nth, * FROM rows) WHERE ${id(column)} IS NULL ORDER BY nth LIMIT 1`,
  );
  throw new UserError(`"${column}" is missing in ${counted[`c${at}`]} rows: nobody knows what lies before them`, {
    where: { port: 'table', column, row: first?.nth },
    expected: 'a key and an order in every row',
    actual: `${counted[`c${at}`]} without`,
    remedy: `drop them before: { rule: 'require', columns: ['${column}'] } of clean.table`,
  });
}

async function figuresOf(
  database: Database,
  key: readonly string[],
  path: string,
  takes: readonly HistoryTake[],
): Promise<HistoryFigures> {
  const missing = takes.map(({ name }, i) => sql`(count(*) - count(${id(name)})) AS ${id(`m${i}`)}`);
  const counted = await database.row<Record<string, number>>(
    sql`SELECT ${join([sql`count(*) AS rows`, ...missing])} FROM read_parquet(${path})`,
  );
  const { keys } = await database.row<{ keys: number }>(
    sql`SELECT count(*) AS keys FROM (SELECT DISTINCT ${join(key.map(id))} FROM rows)`,
  );
  const rows = counted['rows'] ?? 0;
  const columns = takes.map(({ name }, i) => ({ name, missing: counted[`m${i}`] ?? 0 }));
  return {
    rows,
    keys,
    columns,
    warnings: [
      ...columns
        .filter(({ missing: lacking }) => rows > 0 && lacking === rows)
        .map(({ name }) => `${name} is missing in every row: no row has so much before it`),
      ...(rows > 0 && keys === rows
        ? [`each row has a key of its own (${key.join(', ')}), so none has a history`]
        : []),
    ],
  };
}

function historyPage({ rows, keys, columns, warnings }: HistoryFigures): string {
  return htmlPage(
    'History',
    html`<p class="soft">${rows} rows of ${keys} keys.</p>
      ${htmlWarnings(warnings)}
      ${htmlTable(
        ['new column', 'rows without a value'],
        columns.map(({ name, missing }) => [name, missing]),
      )}`,
  );
}
