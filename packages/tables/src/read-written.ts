import { readAs, SAID } from './read-as.js';
import type { ColumnType } from './schema.js';
import { join, sql, Sql } from './sql.js';
import { MONTHS } from './months.js';
import { patternParts, TOKENS, type Written } from './written.js';

/** SQL that reads text as a type, written as declared: NULL where it is not. As `readAs` where nothing is declared. */
export function readWritten(type: ColumnType, how: Written | undefined, text: Sql, number?: Sql): Sql {
  if (!how) return readAs(type, text, number);
  switch (type) {
    case 'number':
    case 'integer':
      return readDigits(type, how, text);
    case 'boolean':
      return how.true || how.false
        ? sql`(CASE WHEN ${text} IN (${texts(how.true ?? ['true'])}) THEN true
                    WHEN ${text} IN (${texts(how.false ?? ['false'])}) THEN false END)`
        : readAs(type, text);
    case 'date':
      return how.pattern === undefined ? readAs(type, text) : sql`try_cast(${isoDate(how, text)} AS DATE)`;
    case 'timestamp':
      return readTime(how, text);
    case 'text':
      return text;
  }
}

/** What a text must be to be read so, in words. */
export function sayWritten(type: ColumnType, how: Written | undefined): string {
  if (!how || type === 'text') return SAID[type];
  if (type === 'boolean') {
    const said = (given: readonly string[] | undefined, plain: string): string =>
      (given ?? [plain]).map((one) => JSON.stringify(one)).join(', ');
    return how.true || how.false ? `one of ${said(how.true, 'true')} or ${said(how.false, 'false')}` : SAID.boolean;
  }
  if (type === 'date' || type === 'timestamp') {
    const zone = how.zone === undefined ? '' : `, at a time that ${how.zone} has once`;
    const plain = type === 'date' ? 'a date that exists' : 'a time that exists';
    return how.pattern === undefined ? `${SAID[type]}${zone}` : `${plain}, written ${how.pattern}${zone}`;
  }
  const digits = [
    how.decimal === ',' ? 'a comma before the fraction' : '',
    how.thousands === undefined ? '' : `${JSON.stringify(how.thousands)} between groups of three digits`,
  ].filter((part) => part !== '');
  const what = how.nonFinite ? 'a number, which may be NaN or infinite' : SAID[type].split(',')[0];
  return digits.length === 0 ? `${what}` : `${what}, with ${digits.join(' and ')}`;
}

function texts(all: readonly string[]): Sql {
  return join(all.map((one) => sql`${one}`));
}

function readDigits(type: 'number' | 'integer', how: Written, text: Sql): Sql {
  const decimal = how.decimal ?? '.';
  const { thousands } = how;
  const point = decimal === '.' ? '\\.' : ',';
  const whole = thousands === undefined ? '\\d+' : `(\\d+|\\d{1,3}(${escape(thousands)}\\d{3})+)`;
  const shape = `\\s*[+-]?(${whole}(${point}\\d*)?|${point}\\d+)([eE][+-]?\\d+)?\\s*`;
  const bare = thousands === undefined ? text : sql`replace(${text}, ${thousands}, '')`;
  const plain = decimal === '.' ? bare : sql`replace(${bare}, ',', '.')`;
  const read = sql`CASE WHEN regexp_full_match(${text}, ${shape}) THEN ${readAs(type, plain)} END`;
  return how.nonFinite && type === 'number' ? sql`coalesce(${readNonFinite(text)}, ${read})` : sql`(${read})`;
}

/** SQL that reads the texts of NaN and of infinite numbers: NULL for any other. */
export function readNonFinite(text: Sql): Sql {
  return sql`(CASE lower(${text}) WHEN 'nan' THEN 'NaN'::DOUBLE WHEN '-nan' THEN 'NaN'::DOUBLE
    WHEN 'inf' THEN 'Infinity'::DOUBLE WHEN '+inf' THEN 'Infinity'::DOUBLE WHEN 'infinity' THEN 'Infinity'::DOUBLE
    WHEN '+infinity' THEN 'Infinity'::DOUBLE WHEN '-inf' THEN '-Infinity'::DOUBLE WHEN '-infinity' THEN '-Infinity'::DOUBLE END)`;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** SQL for the ISO form of the date that a text has by the pattern: NULL where it does not match. */
function isoDate(how: Written, text: Sql): Sql {
  const group = groupsOf(how, text);
  const [yyyy, yy, names] = [group('yyyy'), group('yy'), group('MMMM') ?? group('MMM')];
  const year =
    yyyy ?? sql`(CASE WHEN ${yy ?? sql`''`}::INTEGER < ${how.pivot ?? 0} THEN '20' ELSE '19' END || ${yy ?? sql`''`})`;
  const all = group('MMMM') ? MONTHS : MONTHS.map((name) => name.slice(0, 3));
  const month = names
    ? sql`list_position([${texts(all)}], lower(${names}))::VARCHAR`
    : (group('MM') ?? group('M') ?? sql`''`);
  const day = group('dd') ?? group('d') ?? sql`''`;
  return sql`(CASE WHEN ${matches(how, text)} THEN ${year} || '-' || lpad(${month}, 2, '0') || '-' || lpad(${day}, 2, '0') END)`;
}

function matches({ pattern = '' }: Written, text: Sql): Sql {
  return sql`regexp_full_match(${text}, ${expressionOf(pattern)})`;
}

function expressionOf(pattern: string): string {
  return patternParts(pattern)
    .map(({ token, text }) => (token === undefined ? escape(text) : `(${TOKENS[token] ?? ''})`))
    .join('');
}

/** Gives SQL for what a text has for a token; `undefined` where the pattern lacks it. */
function groupsOf({ pattern = '' }: Written, text: Sql): (token: string) => Sql | undefined {
  const tokens = patternParts(pattern).flatMap(({ token }) => token ?? []);
  return (token) => {
    const at = tokens.indexOf(token);
    return at < 0
      ? undefined
      : sql`regexp_extract(${text}, ${`^${expressionOf(pattern)}$`}, ${Sql.of(String(at + 1))})`;
  };
}

function readTime(how: Written, text: Sql): Sql {
  const { zone } = how;
  if (how.pattern === undefined) {
    if (zone === undefined) return readAs('timestamp', text);
    // A text with a zone of its own keeps it.
    const own = sql`regexp_matches(${text}, ':\\d\\d(\\.\\d+)? ?(Z|[+-]\\d\\d)')`;
    return sql`(CASE WHEN ${own} THEN ${readAs('timestamp', text)} ELSE ${inZone(readAs('timestamp', text), zone)} END)`;
  }
  const group = groupsOf(how, text);
  const two = (part: Sql | undefined): Sql => (part ? sql`lpad(${part}, 2, '0')` : sql`'00'`);
  const half = group('a');
  const twelve = group('hh') ?? group('h');
  const hour =
    half && twelve
      ? sql`(CASE WHEN ${twelve}::INTEGER BETWEEN 1 AND 12
                  THEN lpad((${twelve}::INTEGER % 12 + CASE WHEN lower(${half}) = 'pm' THEN 12 ELSE 0 END)::VARCHAR, 2, '0') END)`
      : two(group('HH') ?? group('H'));
  const fraction = group('S');
  const time = sql`${isoDate(how, text)} || ' ' || ${hour} || ':' || ${two(group('mm'))} || ':' || ${two(group('ss'))}${fraction ? sql` || '.' || ${fraction}` : sql``}`;
  const offset = group('X');
  if (offset) return readAs('timestamp', sql`(${time} || ${offset})`);
  const local = readAs('timestamp', sql`(${time})`);
  return zone === undefined ? local : inZone(local, zone);
}

/** SQL for the moment of a local time in a zone: NULL where the clock does not show it, or shows it twice. */
function inZone(local: Sql, zone: string): Sql {
  const at = sql`timezone(${zone}, ${local})`;
  const shows = (shift: Sql): Sql => sql`timezone(${zone}, ${at} + ${shift}) = ${local}`;
  return sql`(CASE WHEN ${shows(sql`INTERVAL 0 HOUR`)} AND NOT ${shows(sql`INTERVAL 1 HOUR`)} AND NOT ${shows(sql`INTERVAL (-1) HOUR`)}
                   THEN ${at} AT TIME ZONE 'UTC' END)`;
}
