import { z } from 'zod';
import { id, join, MONTHS, sql, type Sql } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import {
  isZone,
  localTime,
  localTimeSql,
  parseFormat,
  UTC_OF,
  utcOf,
  utcOfSql,
  type DateFormat,
} from './date-format.js';
import { notFor, textColumn } from './fitting.js';
import { judged, unread, unreadCell } from './judged.js';
import { otherwise } from './parameters.js';
import { readText, readTextSql } from './read-text.js';
import { lowered, trimmed, trimmedSql } from '../text.js';

const ENGLISH = [...MONTHS, ...MONTHS.map((name) => name.slice(0, 3))];

const schema = z
  .strictObject({
    rule: z.literal('dates'),
    column: z.string(),
    formats: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'such as D.M.YYYY HH:mm, the first that fits counts: YYYY YY MMM MM M DD D HH H hh h A mm ss SSS Z ddd; text in [ ] stands for itself',
      ),
    to: z.enum(['date', 'timestamp']).default('date').describe('a date is the day as it is written, whatever the zone'),
    zone: z
      .string()
      .default('UTC')
      .describe('the zone of times without an offset: +02:00, or a name such as Europe/Vienna'),
    yearsFrom: z
      .int()
      .min(1)
      .max(9900)
      .optional()
      .describe('the first year that YY may mean: with 1930, 29 is 2029 and 30 is 1930'),
    months: z
      .array(z.string())
      .default([])
      .describe('names of the months for MMM beside the English ones: a multiple of twelve'),
    otherwise: otherwise.default('stop'),
  })
  .describe('text of dates and times as they are written somewhere, with their zones, as dates or times in UTC');
type DatesRule = z.output<typeof schema>;

export const datesRule = rowRuleKind({
  schema,
  table(rule, columns) {
    const { name } = textColumn('dates', columns, rule.column);
    const formats = formatsOf(rule);
    const text = trimmedSql(id(name));
    const value = join(
      formats.map((format) => readSql(rule, format, text)),
      ', ',
    );
    const cell = sql`coalesce(${value}, NULL)`;
    return {
      ...judged(name, unread(name, cell), rule.otherwise, sayFormats(rule)),
      cells: new Map([[name, { value: cell, type: rule.to }]]),
      functions: fixed(rule.zone) === undefined ? [UTC_OF] : [],
      travels: rule,
    };
  },
  row(rule) {
    const readers = formatsOf(rule).map((format) => reader(rule, format));
    return (row) => {
      const cell = Object.hasOwn(row, rule.column) ? row[rule.column] : undefined;
      if (typeof cell !== 'string') return;
      const text = trimmed(cell);
      let found: string | null = null;
      for (const read of readers) if ((found = read(text)) !== null) break;
      row[rule.column] = found ?? unreadCell('dates', rule.column, cell, rule.otherwise, sayFormats(rule));
    };
  },
  before: (rule, after) => new Map([...after].map(([name, type]) => [name, name === rule.column ? 'text' : type])),
});

function sayFormats({ to, formats }: DatesRule): string {
  return `a ${to === 'date' ? 'date' : 'time'} that exists, written as ${formats.join(' or ')}`;
}

/** The formats, taken apart. Throws a UserError for one that is none, and for zones and months that are none. */
function formatsOf(rule: DatesRule): DateFormat[] {
  if (rule.months.length % 12 !== 0)
    throw notFor('dates', rule.column, `months names ${rule.months.length} months, no multiple of twelve`);
  if (fixed(rule.zone) === undefined && !isZone(rule.zone))
    throw notFor('dates', rule.column, `zone "${rule.zone}" is neither an offset such as +02:00 nor a known name`);
  return rule.formats.map((format) => {
    const parsed = parseFormat(format);
    if (typeof parsed === 'string') throw notFor('dates', rule.column, `format "${format}": ${parsed}`);
    if (parsed.groups.has('shortYear') && rule.yearsFrom === undefined)
      throw notFor(
        'dates',
        rule.column,
        `format "${format}" has years of two digits`,
        'say yearsFrom, the first year that they may mean',
      );
    return parsed;
  });
}

const reading = (rule: DatesRule) => ({
  months: [...ENGLISH, ...rule.months.map(lowered)],
  yearsFrom: rule.yearsFrom ?? 1,
});

/** The offset of a zone that has one for good; undefined for a zone by name. */
function fixed(zone: string): string | undefined {
  if (zone === 'UTC') return 'Z';
  return /^[+-]([01][0-9]|2[0-3]):?[0-5][0-9]$/u.test(zone) ? zone : undefined;
}

function reader(rule: DatesRule, format: DateFormat): (text: string) => string | null {
  const local = localTime(format, reading(rule));
  const offset = fixed(rule.zone);
  return (text) => {
    const found = local(text);
    if (found === null) return null;
    if (rule.to === 'date') {
      // The time is checked, then cut off: 25:00 is no time of any day.
      const day = readText('timestamp', found.slice(0, 19)) === null ? null : readText('date', found.slice(0, 10));
      return day === null ? null : String(day);
    }
    const whole = format.groups.has('offset')
      ? found
      : offset === undefined
        ? checked(found, rule.zone)
        : `${found}${offset}`;
    const time = whole === null ? null : readText('timestamp', whole);
    return time === null ? null : String(time);
  };
}

const checked = (local: string, zone: string): string | null =>
  readText('timestamp', local) === null ? null : utcOf(local, zone);

function readSql(rule: DatesRule, format: DateFormat, text: Sql): Sql {
  const local = localTimeSql(format, reading(rule), text);
  if (rule.to === 'date')
    return sql`(CASE WHEN ${readTextSql('timestamp', sql`left(${local}, 19)`)} IS NOT NULL THEN ${readTextSql('date', sql`left(${local}, 10)`)} END)`;
  const offset = fixed(rule.zone);
  if (format.groups.has('offset')) return readTextSql('timestamp', local);
  if (offset !== undefined) return readTextSql('timestamp', sql`(${local} || ${offset})`);
  return sql`(CASE WHEN ${readTextSql('timestamp', local)} IS NOT NULL THEN ${readTextSql('timestamp', utcOfSql(local, rule.zone))} END)`;
}
