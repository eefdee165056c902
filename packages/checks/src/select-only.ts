import { sql, Sql } from '@trainyard/tables/sql';
import type { Database } from '@trainyard/tables';
import { DidNotRun } from './rule-kind.js';

/** Table functions that read nothing but their arguments. */
const TABLE_FUNCTIONS = new Set(['range', 'generate_series', 'unnest']);
/** What may stand after FROM. */
const RELATIONS = new Set(['BASE_TABLE', 'TABLE_FUNCTION', 'JOIN', 'SUBQUERY', 'EMPTY', 'EXPRESSION_LIST']);
/** Functions that tell of the session and the machine, beside those whose result changes from call to call. */
const TELLING = ['current_setting', 'getvariable', 'version', 'getenv', 'stats', 'parse_duckdb_log_message'];
/** Words of SQL that are such functions without brackets. */
const WORDS = [
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_user',
  'user',
];

/**
 * A query that its author wrote, as it will run: one SELECT over these tables, which reads nothing else and gives the same for
 * the same tables. The database's own parser reads it; what runs is written anew from what was read. Throws `DidNotRun` that
 * says what is refused.
 */
export async function selectOnly(database: Database, query: string, tables: readonly string[]): Promise<Sql> {
  const { read } = await database.row<{ read: string }>(
    sql`SELECT json_serialize_sql(${query}::VARCHAR)::VARCHAR AS read`,
  );
  const parsed = JSON.parse(read) as { error: boolean; error_message?: string; statements?: unknown[] };
  if (parsed.error) throw new DidNotRun(`the query is no SELECT that can be read: ${parsed.error_message}`);
  if (parsed.statements?.length !== 1) throw new DidNotRun('the query is more than one statement');
  const known = new Set(tables);
  const changing = await changingFunctions(database);
  visit(parsed.statements, (one) => {
    if (Array.isArray(one['map'])) for (const { key } of one['map'] as { key?: string }[]) if (key) known.add(key);
  });
  visit(parsed.statements, (one) => refuse(one, known, changing));
  const { text } = await database.row<{ text: string }>(sql`SELECT json_deserialize_sql(${read}::JSON) AS text`);
  return Sql.of(text);
}

function refuse(one: Node, known: ReadonlySet<string>, changing: ReadonlySet<string>): void {
  for (const place of ['from_table', 'left', 'right']) {
    const inner = one[place] as Node | null | undefined;
    const isRelation = place === 'from_table' || one['type'] === 'JOIN';
    if (inner && isRelation && !RELATIONS.has(String(inner['type'])))
      throw new DidNotRun(`the query reads from what is no table: ${String(inner['type']).toLowerCase()}`);
  }
  if (one['type'] === 'BASE_TABLE') {
    const name = String(one['table_name']);
    if (one['schema_name'] !== '' || one['catalog_name'] !== '' || !known.has(name))
      throw new DidNotRun(`the query reads "${name}", and it may read ${[...known].join(', ')}`);
  }
  if (one['type'] === 'TABLE_FUNCTION') {
    const name = String((one['function'] as Node | undefined)?.['function_name']);
    if (!TABLE_FUNCTIONS.has(name))
      throw new DidNotRun(`the query calls ${name}, which may read other things than its tables`);
  }
  if (one['sample'] !== null && one['sample'] !== undefined) throw new DidNotRun('the query draws a sample');
  if (typeof one['function_name'] === 'string' && changing.has(one['function_name'].toLowerCase()))
    throw new DidNotRun(`the query calls ${one['function_name']}, which gives something else from call to call`);
  const names = one['class'] === 'COLUMN_REF' ? (one['column_names'] as string[]) : [];
  if (names.length === 1 && WORDS.includes(names[0]!.toLowerCase()))
    throw new DidNotRun(`the query asks for ${names[0]}, which is another thing from call to call`);
}

/** Functions that do not give the same for the same arguments, as the database says of them, and macros that call one. */
async function changingFunctions(database: Database): Promise<Set<string>> {
  const changing = await database.rows<{ name: string }>(
    sql`SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'`,
  );
  const names = new Set([...changing.map(({ name }) => name), ...TELLING, ...WORDS]);
  const macros = await database.rows<{ name: string; says: string | null }>(
    sql`SELECT lower(function_name) AS name, macro_definition AS says FROM duckdb_functions() WHERE function_type = 'macro'`,
  );
  for (const { name, says } of macros) {
    const words = (says ?? '').toLowerCase().match(/[a-z_][a-z0-9_]*/g) ?? [];
    if (says === null || words.some((word) => names.has(word) || word.startsWith('duckdb_') || word.startsWith('pg_')))
      names.add(name);
  }
  return names;
}

type Node = Readonly<Record<string, unknown>>;

function visit(value: unknown, look: (one: Node) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) look(value as Node);
  for (const inner of Object.values(value)) visit(inner, look);
}
