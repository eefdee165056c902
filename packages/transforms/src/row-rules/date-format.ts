import { Sql as SqlText, sql, type Sql, type SqlFunction } from '@trainyard/tables/sql';
import { lowered, loweredSql } from '../text.js';

/** What a date format is made of: the token, what it matches in both regular expression engines, and which part of a time it is. */
const TOKENS = [
  ['YYYY', '[0-9]{4}', 'year'],
  ['YY', '[0-9]{2}', 'shortYear'],
  ['MMM', '\\p{L}+\\.?', 'monthName'],
  ['MM', '[0-9]{2}', 'month'],
  ['M', '[0-9]{1,2}', 'month'],
  ['DD', '[0-9]{2}', 'day'],
  ['D', '[0-9]{1,2}', 'day'],
  ['HH', '[0-9]{2}', 'hour'],
  ['H', '[0-9]{1,2}', 'hour'],
  ['hh', '[0-9]{2}', 'hour12'],
  ['h', '[0-9]{1,2}', 'hour12'],
  ['mm', '[0-9]{2}', 'minute'],
  ['ss', '[0-9]{2}', 'second'],
  ['SSS', '[0-9]{1,9}', 'fraction'],
  ['A', '[AaPp]\\.?[Mm]\\.?', 'half'],
  ['Z', 'Z|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2}', 'offset'],
  ['ddd', '\\p{L}+\\.?', 'weekday'],
] as const;
type Part = (typeof TOKENS)[number][2];

/** A format of dates, taken apart. */
export interface DateFormat {
  readonly pattern: string;
  /** The number of the group that holds a part. */
  readonly groups: ReadonlyMap<Part, number>;
}

/**
 * Takes a format such as `D.M.YYYY HH:mm` apart; text in square brackets stands for itself, a space for one or more.
 * Gives a sentence where it is none: a part twice, no whole day, half a time.
 */
export function parseFormat(format: string): DateFormat | string {
  const groups = new Map<Part, number>();
  let pattern = '';
  let rest = format;
  while (rest !== '') {
    const literal = /^\[([^\]]*)\]/u.exec(rest);
    const token = literal ? undefined : TOKENS.filter(([name]) => rest.startsWith(name)).sort(longest)[0];
    if (literal) pattern += escaped(literal[1] ?? '');
    else if (token) {
      const [, match, part] = token;
      if (groups.has(part)) return `it names the ${part} twice`;
      groups.set(part, groups.size + 1);
      pattern += `(${match})`;
    } else if (/^[A-Za-z]/u.test(rest)) return `"${rest[0]}" is no token; put text that stands for itself into [ ]`;
    else pattern += rest.startsWith(' ') ? ' +' : escaped([...rest][0] ?? '');
    rest = literal ? rest.slice(literal[0].length) : rest.slice((token?.[0] ?? [...rest][0] ?? '').length);
  }
  return problemOf(groups) ?? { pattern, groups };
}

const longest = (a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number =>
  b[0].length - a[0].length;
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&');

function problemOf(groups: ReadonlyMap<Part, number>): string | undefined {
  const one = (...parts: Part[]): boolean => parts.filter((part) => groups.has(part)).length === 1;
  if (!one('year', 'shortYear')) return 'it needs one of YYYY and YY';
  if (!one('month', 'monthName')) return 'it needs one of MM, M and MMM';
  if (!groups.has('day')) return 'it needs DD or D';
  if (groups.has('hour') && groups.has('hour12')) return 'it names the hour twice';
  if (groups.has('hour12') !== groups.has('half')) return 'hh and h need A, and A needs them';
  const timed = groups.has('hour') || groups.has('hour12');
  if ((groups.has('minute') || groups.has('offset')) && !timed) return 'it names minutes or an offset without the hour';
  if (groups.has('second') && !groups.has('minute')) return 'it names seconds without minutes';
  return groups.has('fraction') && !groups.has('second') ? 'it names a fraction without seconds' : undefined;
}

export interface DateReading {
  /** Names of the twelve months in lower case, several dozens for several languages. */
  readonly months: readonly string[];
  /** The first year that two digits may mean; undefined where no format has them. */
  readonly yearsFrom: number;
}

const pad = (text: string, length = 2): string => text.padStart(length, '0');

/** The local time that text says, as `2024-02-29T12:30:00.5+02:00`, the offset only where it says one. Null where it does not fit the format. */
export function localTime({ pattern, groups }: DateFormat, reading: DateReading): (text: string) => string | null {
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  return (text) => {
    const found = whole.exec(text);
    if (!found) return null;
    const part = (name: Part): string | undefined => found[groups.get(name) ?? Infinity];
    const short = part('shortYear');
    const { yearsFrom } = reading;
    const year = part('year') ?? pad(String(yearsFrom + ((Number(short) - (yearsFrom % 100) + 100) % 100)), 4);
    const name = part('monthName');
    const place = name === undefined ? -1 : reading.months.indexOf(lowered(name).replace('.', ''));
    if (name !== undefined && place < 0) return null;
    const month = part('month') ?? String((place % 12) + 1);
    const half = part('half');
    const hour12 = part('hour12');
    if (hour12 !== undefined && (Number(hour12) < 1 || Number(hour12) > 12)) return null;
    const hour =
      hour12 === undefined
        ? (part('hour') ?? '00')
        : String((Number(hour12) % 12) + (lowered(half ?? '').startsWith('p') ? 12 : 0));
    return `${year}-${pad(month)}-${pad(part('day') ?? '')}T${pad(hour)}:${part('minute') ?? '00'}:${part('second') ?? '00'}.${part('fraction') ?? '0'}${part('offset') ?? ''}`;
  };
}

/** SQL for `localTime`. */
export function localTimeSql({ pattern, groups }: DateFormat, reading: DateReading, text: Sql): Sql {
  const part = (name: Part): Sql | undefined => {
    const group = groups.get(name);
    return group === undefined
      ? undefined
      : sql`regexp_extract(${text}, ${`^(?:${pattern})$`}, ${SqlText.of(String(group))})`;
  };
  const whole = (cell: Sql): Sql => sql`try_cast(${cell} AS BIGINT)`;
  const { yearsFrom } = reading;
  const short = part('shortYear');
  const year =
    part('year') ??
    sql`lpad((${BigInt(yearsFrom)} + (${whole(short ?? sql`''`)} - ${BigInt(yearsFrom % 100)} + 100) % 100)::VARCHAR, 4, '0')`;
  const name = part('monthName');
  const place = name && sql`list_position(${reading.months}, replace(${loweredSql(name)}, '.', ''))`;
  const month = part('month') ?? sql`(((nullif(${place ?? sql`0`}, 0)) - 1) % 12 + 1)::VARCHAR`;
  const hour12 = part('hour12');
  const half = part('half');
  const hour = hour12
    ? sql`(CASE WHEN ${whole(hour12)} BETWEEN 1 AND 12 THEN ${whole(hour12)} % 12 + (CASE WHEN starts_with(lower(${half ?? sql`''`}), 'p') THEN 12 ELSE 0 END) END)::VARCHAR`
    : (part('hour') ?? sql`'00'`);
  const two = (cell: Sql): Sql => sql`lpad(${cell}, 2, '0')`;
  return sql`(CASE WHEN regexp_full_match(${text}, ${pattern}) THEN
    ${year} || '-' || ${two(month)} || '-' || ${two(part('day') ?? sql`''`)} || 'T' || ${two(hour)} || ':' || ${part('minute') ?? sql`'00'`} || ':' ||
    ${part('second') ?? sql`'00'`} || '.' || ${part('fraction') ?? sql`'0'`} || ${part('offset') ?? sql`''`} END)`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes by which a zone is ahead of UTC at a time. */
function aheadMs(zone: string, utc: number): number {
  let format = formats.get(zone);
  if (!format) {
    const fields = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      ...fields,
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day] = [parts.get('year') ?? 0, parts.get('month') ?? 1, parts.get('day') ?? 1];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(parts.get('hour') ?? 0, parts.get('minute') ?? 0, parts.get('second') ?? 0);
  return local.getTime() - Math.floor(utc / 1000) * 1000;
}

export function isZone(zone: string): boolean {
  try {
    return aheadMs(zone, 0) !== undefined;
  } catch {
    return false;
  }
}

/**
 * A local time of a zone in UTC: `2024-02-29T12:30:00.5` as `2024-02-29T11:30:00.500Z`. Of a time that the clocks of a zone
 * show twice it is the first; null for one that they leap over.
 */
export function utcOf(local: string | null, zone: string): string | null {
  const ms = local === null ? NaN : Date.parse(`${local.slice(0, 19)}.${local.slice(20).padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(ms)) return null;
  const day = 86_400_000;
  const found = [aheadMs(zone, ms - day), aheadMs(zone, ms + day)]
    .map((ahead) => ({ ahead, utc: ms - ahead }))
    .filter(({ ahead, utc }) => aheadMs(zone, utc) === ahead)
    .map(({ utc }) => utc);
  return found.length === 0 ? null : new Date(Math.min(...found)).toISOString();
}

export const UTC_OF: SqlFunction = {
  name: 'trainyard_utc_of',
  takes: ['text', 'text'],
  gives: 'text',
  run: utcOf,
};

export const utcOfSql = (local: Sql, zone: string): Sql => sql`${SqlText.of(UTC_OF.name)}(${local}, ${zone})`;
