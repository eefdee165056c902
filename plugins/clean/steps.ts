import { UserError } from '../../core/index.js';
import {
  dataColumns,
  id,
  join,
  mayRepeat,
  readAs,
  requireColumn,
  ROW_ID,
  SAID,
  sql,
  type Column,
  type ColumnType,
  type Sql,
} from '@trainyard/tables';
import type { Rule } from './rules.js';

/** What a rule does to a table. */
export interface Step {
  /** Columns that the rule is about, for the report. */
  readonly about: readonly string[];
  /** New contents, and type, of columns by name. */
  readonly cells?: ReadonlyMap<string, { readonly value: Sql; readonly type: ColumnType }>;
  /** Rows that stay. */
  readonly keep?: Sql;
  /** New names; `undefined` drops the column. */
  readonly names?: ReadonlyMap<string, string | undefined>;
  /** Rows for which this is true stop the run, saying what was expected. */
  readonly stop?: { readonly failing: Sql; readonly expected: string; readonly column: string };
}

/** A rule as what it does to a table of these columns, which carries `NTH` as well. Throws a UserError for a rule that does not fit them. */
export function stepOf(rule: Rule, columns: readonly Column[], table: Sql): Step {
  const said = `rule "${rule.rule}"`;
  const find = (name: string): Column => {
    if (name === ROW_ID) throw notFor(said, name, 'it is the identity of rows');
    return requireColumn(columns, name, said);
  };
  const text = (name: string): Column => {
    const column = find(name);
    if (column.type === 'text') return column;
    throw notFor(said, name, `it holds ${column.type}, not text`);
  };
  switch (rule.rule) {
    case 'require':
      return {
        about: rule.columns,
        keep: join(
          rule.columns.map((name) => sql`${id(find(name).name)} IS NOT NULL`),
          ' AND ',
        ),
      };
    case 'drop':
      return { about: rule.columns, names: new Map(rule.columns.map((name) => [find(name).name, undefined])) };
    case 'rename':
      return renamed(rule.columns, columns, find);
    case 'trim': {
      const all = dataColumns(columns).filter((column) => column.type === 'text');
      const given = rule.columns?.map(text) ?? all;
      return changed(given, (cell) => sql`nullif(regexp_replace(${cell}, '^\\s+|\\s+$', '', 'g'), '')`);
    }
    case 'case':
      return changed(rule.columns.map(text), (cell) =>
        rule.to === 'lower' ? sql`lower(${cell})` : sql`upper(${cell})`,
      );
    case 'map': {
      const cases = Object.entries(rule.values).map(([from, to]) => sql`WHEN ${from} THEN ${to}`);
      return changed([text(rule.column)], (cell) =>
        cases.length ? sql`CASE ${cell} ${join(cases, ' ')} ELSE ${cell} END` : cell,
      );
    }
    case 'fill':
      return filled(find(rule.column), rule.value, said);
    case 'type':
      return retyped(find(rule.column), rule.to, rule.otherwise, said);
    case 'range':
      return ranged(find(rule.column), rule, said);
    case 'allow':
      return allowed(find(rule.column), rule, said);
    case 'duplicates': {
      const by = rule.by?.map(find) ?? dataColumns(columns);
      const order = rule.keep === 'first' ? sql`ASC` : sql`DESC`;
      const cells = by.map(({ name }) => id(name));
      const rank = sql`row_number() OVER (PARTITION BY ${join(cells)} ORDER BY ${NTH} ${order})`;
      const repeats = sql`SELECT ${NTH} FROM ${mayRepeat(table, cells)} QUALIFY ${rank} > 1`;
      return { about: by.map(({ name }) => name), keep: sql`${NTH} NOT IN (${repeats})` };
    }
  }
}

/** The place of a row in the table, as rules that keep the first or the last know it. */
export const NTH = id('place in the table');

function changed(columns: readonly Column[], change: (cell: Sql) => Sql): Step {
  return {
    about: columns.map(({ name }) => name),
    cells: new Map(columns.map(({ name, type }) => [name, { value: change(id(name)), type }])),
  };
}

function renamed(
  names: Readonly<Record<string, string>>,
  columns: readonly Column[],
  find: (name: string) => Column,
): Step {
  const map = new Map(Object.entries(names).map(([from, to]) => [find(from).name, to]));
  const after = columns.map(({ name }) => map.get(name) ?? name);
  const twice = after.find((name, index) => after.indexOf(name) !== index);
  if (twice !== undefined) throw notFor('rule "rename"', twice, 'two columns would have this name');
  return { about: [...map.keys()], names: map };
}

function filled(column: Column, value: string | number | boolean, said: string): Step {
  const fits =
    (column.type === 'number' && typeof value === 'number') ||
    (column.type === 'integer' && Number.isSafeInteger(value)) ||
    (column.type === 'boolean' && typeof value === 'boolean') ||
    (['text', 'date', 'timestamp'].includes(column.type) && typeof value === 'string');
  if (!fits) throw notFor(said, column.name, `it holds ${column.type}, and ${JSON.stringify(value)} is not`);
  const constant = column.type === 'text' ? sql`${value}` : readAs(column.type, sql`${String(value)}`);
  return changed([column], (cell) => sql`coalesce(${cell}, ${constant})`);
}

function retyped(column: Column, to: ColumnType, otherwise: 'missing' | 'drop' | 'stop', said: string): Step {
  const { name, type } = column;
  const cell = id(name);
  if (type === to) return { about: [name] };
  if (type === 'number' && to === 'text')
    throw notFor(said, name, 'a number has no one text; read it as integer first');
  const value = type === 'timestamp' && to === 'date' ? sql`${cell}::DATE` : readAs(to, sql`${cell}::VARCHAR`);
  const failing = sql`${cell} IS NOT NULL AND ${value} IS NULL`;
  return { ...judged(name, failing, otherwise, SAID[to]), cells: new Map([[name, { value, type: to }]]) };
}

function ranged(column: Column, rule: Rule & { rule: 'range' }, said: string): Step {
  const { name, type } = column;
  const { min = -Infinity, max = Infinity } = rule;
  if (type !== 'number' && type !== 'integer') throw notFor(said, name, `it holds ${type}, not numbers`);
  const cell = id(name);
  const failing = sql`${cell} < ${min} OR ${cell} > ${max}`;
  if (rule.outside === 'clip') {
    const clipped = sql`CASE WHEN ${cell} < ${min} THEN ${min} WHEN ${cell} > ${max} THEN ${max} ELSE ${cell} END`;
    return changed([column], () => (type === 'integer' ? sql`(${clipped})::BIGINT` : clipped));
  }
  return judged(name, failing, rule.outside, `from ${rule.min ?? 'any'} to ${rule.max ?? 'any'}`, column);
}

function allowed(column: Column, rule: Rule & { rule: 'allow' }, said: string): Step {
  const { name, type } = column;
  const wanted = type === 'number' || type === 'integer' ? 'number' : type === 'boolean' ? 'boolean' : 'string';
  const strange = rule.values.find((value) => typeof value !== wanted);
  if (strange !== undefined) throw notFor(said, name, `it holds ${type}, and ${JSON.stringify(strange)} is not`);
  const cell = type === 'date' || type === 'timestamp' ? sql`${id(name)}::VARCHAR` : id(name);
  const failing = sql`${cell} IS NOT NULL AND NOT list_contains(${rule.values}, ${cell})`;
  const expected = `one of ${rule.values
    .slice(0, 12)
    .map((value) => JSON.stringify(value))
    .join(', ')}`;
  return judged(name, failing, rule.otherwise, expected, column);
}

/** What happens to rows that fail: the cell goes missing, the row is dropped, or the run stops. */
function judged(
  column: string,
  failing: Sql,
  what: 'missing' | 'drop' | 'stop',
  expected: string,
  known?: Column,
): Step {
  const about = [column];
  if (what === 'stop') return { about, stop: { failing, expected, column } };
  if (what === 'drop') return { about, keep: sql`NOT coalesce(${failing}, false)` };
  if (!known) return { about };
  const value = sql`CASE WHEN ${failing} THEN NULL ELSE ${id(column)} END`;
  return { about, cells: new Map([[column, { value, type: known.type }]]) };
}

function notFor(said: string, column: string, why: string): UserError {
  return new UserError(`${said} does not fit column "${column}": ${why}`, { where: { column, field: 'rules' } });
}
