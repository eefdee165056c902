import type { UserError } from '@trainyard/errors';
import { sql, Sql, type ColumnType } from '@trainyard/tables/sql';
import type { RuleCell } from './contract.js';
import { lowered, loweredSql, trimmed, trimmedSql } from '../text.js';

const WHOLE = Number.MAX_SAFE_INTEGER;

/** What a text must be to be read as a type, in words. */
export const READ_AS: Readonly<Record<ColumnType, string>> = {
  number: 'a finite number, with a point for the fraction',
  integer: `a whole number within ±${WHOLE}`,
  text: 'text',
  boolean: 'true or false (also yes, no, t, f, y, n, 1, 0)',
  timestamp: 'a time such as 2024-02-29T12:30:00Z',
  date: 'a date such as 2024-02-29 that exists',
};

/** Digits with a sign, a point and an exponent, in ASCII; both regular expression engines read it alike. */
const NUMBER = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const TIME = `(${DATE})([T ]([01][0-9]|2[0-3]):([0-5][0-9])(:([0-5][0-9])(\\.([0-9]{1,9}))?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?)?`;
const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');
const [NUMBER_TEXT, DATE_TEXT, TIME_TEXT] = [whole(NUMBER), whole(DATE), whole(TIME)];

const YES = ['true', 't', 'yes', 'y', '1'];
const NO = ['false', 'f', 'no', 'n', '0'];

/** Reads text, without the white space around it, as a type: null where it is not of that type. */
export function readText(type: ColumnType, given: string): RuleCell {
  if (type === 'text') return given;
  const text = trimmed(given);
  switch (type) {
    case 'number':
      return readNumberText(text);
    case 'integer':
      return wholeOf(readNumberText(text));
    case 'boolean': {
      const word = lowered(text);
      return YES.includes(word) ? true : NO.includes(word) ? false : null;
    }
    case 'date':
      return DATE_TEXT.test(text) && exists(text) ? text : null;
    case 'timestamp':
      return readTime(text);
  }
}

/** SQL for `readText`. */
export function readTextSql(type: ColumnType, given: Sql): Sql {
  if (type === 'text') return given;
  const text = trimmedSql(given);
  switch (type) {
    case 'number':
      return readNumberSql(text);
    case 'integer':
      return wholeSql(readNumberSql(text));
    case 'boolean':
      return sql`(CASE WHEN list_contains(${YES}, ${loweredSql(text)}) THEN true
                       WHEN list_contains(${NO}, ${loweredSql(text)}) THEN false END)`;
    case 'date':
      return sql`(CASE WHEN regexp_full_match(${text}, ${DATE}) AND NOT starts_with(${text}, '0000')
                       THEN try_cast(${text} AS DATE) END)`;
    case 'timestamp':
      return readTimeSql(text);
  }
}

function readNumberText(text: string): number | null {
  const number = NUMBER_TEXT.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** SQL that reads text without white space around it as a finite number. */
function readNumberSql(text: Sql): Sql {
  const number = sql`try_cast(${text} AS DOUBLE)`;
  return sql`(CASE WHEN regexp_full_match(${text}, ${NUMBER}) AND isfinite(${number}) THEN ${number} END)`;
}

const wholeOf = (number: number | null): number | null => (Number.isSafeInteger(number) ? Number(number) + 0 : null);
const wholeSql = (number: Sql): Sql =>
  sql`(CASE WHEN isfinite(${number}) AND ${number} = trunc(${number}) AND abs(${number}) <= ${WHOLE} THEN ${number}::BIGINT END)`;

/** A day that exists, from year 1 on. */
function exists(day: string): boolean {
  if (day.startsWith('0000')) return false;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

const [FIRST, LAST] = ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'];
const [FIRST_MS, LAST_MS] = [Date.parse(FIRST), Date.parse(LAST)];
/** SQL for a time that stands in the years 1 to 9999; NULL for others. */
const inYears = (time: Sql): Sql =>
  sql`(CASE WHEN epoch_ms(${time}) BETWEEN ${BigInt(FIRST_MS)} AND ${BigInt(LAST_MS)} THEN ${time} END)`;

/** A time in UTC, to the millisecond as cells have it; without an offset it is taken as UTC. */
function readTime(text: string): string | null {
  const parts = TIME_TEXT.exec(text);
  const day = parts?.[1];
  if (!parts || day === undefined || !exists(day)) return null;
  const [hour, minute, second, fraction, offset] = [parts[3], parts[4], parts[6], parts[8], parts[9]];
  const ms = Date.parse(
    `${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}.${(fraction ?? '').padEnd(3, '0').slice(0, 3)}Z`,
  );
  const utc = ms - offsetMinutes(offset) * 60_000;
  return utc >= FIRST_MS && utc <= LAST_MS ? new Date(utc).toISOString() : null;
}

function offsetMinutes(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return (offset.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

function readTimeSql(text: Sql): Sql {
  const part = (group: number): Sql => sql`regexp_extract(${text}, ${`^${TIME}$`}, ${Sql.of(String(group))})`;
  const or = (group: number, otherwise: string): Sql => sql`coalesce(nullif(${part(group)}, ''), ${otherwise})`;
  const time = sql`try_cast(${part(1)} || ' ' || ${or(3, '00')} || ':' || ${or(4, '00')} || ':' || ${or(6, '00')} || '.' || left(${or(8, '0')}, 3) AS TIMESTAMP)`;
  const digits = sql`rpad(replace(substr(${part(9)}, 2), ':', ''), 4, '0')`;
  const minutes = sql`(CASE WHEN ${part(9)} IN ('', 'Z') THEN 0
    ELSE (CASE WHEN starts_with(${part(9)}, '-') THEN -1 ELSE 1 END) * (substr(${digits}, 1, 2)::INT * 60 + substr(${digits}, 3, 2)::INT) END)`;
  const utc = inYears(sql`(${time} - to_minutes(${minutes}))`);
  return sql`(CASE WHEN regexp_full_match(${text}, ${TIME}) AND NOT starts_with(${text}, '0000') THEN ${utc} END)`;
}

/** Pairs of types that a cell is never taken from one to the other, and why. */
export function unreadable(from: ColumnType, to: ColumnType): string | undefined {
  const [times, numbers] = [
    ['date', 'timestamp'],
    ['number', 'integer', 'boolean'],
  ];
  if (from === 'number' && to === 'text') return 'a number has no one text; read it as integer first';
  if (times?.includes(from) && numbers?.includes(to)) return `a ${from} is no ${to}`;
  if (numbers?.includes(from) && times?.includes(to)) return `a ${from} is no ${to}`;
  return undefined;
}

/** A cell of one type as another: null where it cannot be. */
export function readCell(from: ColumnType, to: ColumnType, cell: number | string | boolean): RuleCell {
  if (typeof cell === 'string') {
    if (from === 'timestamp' && to === 'date') return cell.slice(0, 10);
    if (from === 'date' && to === 'timestamp') return `${cell}T00:00:00.000Z`;
    return from === 'text' ? readText(to, cell) : cell;
  }
  if (to === 'text') return String(cell);
  if (to === 'boolean') return typeof cell === 'boolean' ? cell : cell === 1 ? true : cell === 0 ? false : null;
  if (to === 'integer') return wholeOf(Number(cell));
  return to === 'number' ? Number(cell) : null;
}

/** SQL for `readCell`. */
export function readCellSql(from: ColumnType, to: ColumnType, cell: Sql): Sql {
  if (from === to) return cell;
  if (from === 'text') return readTextSql(to, cell);
  if (to === 'text')
    return from === 'timestamp' ? sql`strftime(${cell}, '%Y-%m-%dT%H:%M:%S.%gZ')` : sql`${cell}::VARCHAR`;
  if (to === 'boolean') return sql`(CASE WHEN ${cell} = 1 THEN true WHEN ${cell} = 0 THEN false END)`;
  if (to === 'integer') return from === 'number' ? wholeSql(cell) : sql`${cell}::BIGINT`;
  if (to === 'number') return from === 'boolean' ? sql`${cell}::INT::DOUBLE` : sql`${cell}::DOUBLE`;
  return to === 'date' ? sql`${cell}::DATE` : sql`${cell}::TIMESTAMP`;
}

/** A constant as a cell of a column, in JavaScript and in SQL. Throws a UserError, by way of `refuse`, where it is no value of its type. */
export function constantOf(
  type: ColumnType,
  value: string | number | boolean,
  refuse: (why: string) => UserError,
): { readonly cell: number | string | boolean; readonly sql: Sql } {
  const cell =
    type === 'number' || type === 'integer'
      ? typeof value === 'number' && Number.isFinite(value) && (type === 'number' || Number.isSafeInteger(value))
        ? value
        : null
      : type === 'boolean'
        ? typeof value === 'boolean'
          ? value
          : null
        : typeof value === 'string'
          ? readText(type, value)
          : null;
  if (cell === null) {
    const said = type === 'date' || type === 'timestamp' ? `: expected ${READ_AS[type]}` : '';
    throw refuse(`it holds ${type}, and ${JSON.stringify(value)} is not${said}`);
  }
  return { cell, sql: constantSql(type, cell) };
}

/** A cell as an SQL literal of its column's type. */
export function constantSql(type: ColumnType, cell: number | string | boolean): Sql {
  if (type === 'integer') return sql`${BigInt(cell)}`;
  if (type === 'date') return sql`${cell}::DATE`;
  if (type === 'timestamp') return sql`${String(cell).slice(0, -1).replace('T', ' ')}::TIMESTAMP`;
  return sql`${cell}`;
}
