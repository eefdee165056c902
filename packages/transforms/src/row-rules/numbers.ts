import { z } from 'zod';
import { id, join, sql, type Sql } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import { notFor, textColumn } from './fitting.js';
import { judged, unread, unreadCell } from './judged.js';
import { otherwise } from './parameters.js';
import { WHITE_SPACE } from '../text.js';

/** Signs that stand for a minus or a plus. */
const MINUS = '\u2212\u2013\uff0d';

const schema = z
  .strictObject({
    rule: z.literal('numbers'),
    column: z.string(),
    decimal: z.enum(['.', ',', '\u066b']).describe('what stands before the fraction'),
    group: z
      .enum(['', ',', '.', ' ', "'", '_', '\u066c'])
      .default('')
      .describe('what may stand between groups of digits; a space is any white space, an apostrophe also ’'),
    strip: z
      .array(z.string().min(1))
      .default([])
      .describe('what may stand before or after, such as a currency: it is taken off'),
    percent: z.boolean().default(false).describe('a percent sign at the end divides by 100'),
    otherwise: otherwise.default('stop'),
  })
  .describe(
    'text of numbers as a locale writes them, as numbers; groups must be of three digits, or two and three as in India',
  );
type NumbersRule = z.output<typeof schema>;

/** Reads the text of numbers of any locale, as it is declared. */
export const numbersRule = rowRuleKind({
  schema,
  table(rule, columns) {
    const { name } = textColumn('numbers', columns, rule.column);
    if (rule.group === rule.decimal) throw notFor('numbers', name, 'group and decimal are one sign');
    const value = numberSql(rule, id(name));
    return {
      ...judged(name, unread(name, value), rule.otherwise, sayNumber(rule)),
      cells: new Map([[name, { value, type: 'number' as const }]]),
      travels: rule,
    };
  },
  row(rule) {
    const read = numberReader(rule);
    return (row) => {
      const cell = Object.hasOwn(row, rule.column) ? row[rule.column] : undefined;
      if (typeof cell !== 'string') return;
      row[rule.column] = read(cell) ?? unreadCell('numbers', rule.column, cell, rule.otherwise, sayNumber(rule));
    };
  },
  before: (rule, after) => new Map([...after].map(([name, type]) => [name, name === rule.column ? 'text' : type])),
});

function sayNumber({ decimal, group, percent }: NumbersRule): string {
  const thousand = group === '' ? '1234' : `1${group}234`;
  return `a finite number such as ${thousand}${decimal}5${percent ? ' %' : ''}`;
}

/** Characters between digits, as the inside of a character class. */
function groupClass(group: string): string {
  if (group === ' ') return WHITE_SPACE;
  if (group === "'") return "'\u2019";
  return group === '.' || group === '_' ? `\\${group}`.replace('\\_', '_') : group;
}

/** What both engines are told: white space and affixes are cut, then the digits must be as the locale writes them. */
function patterns({ decimal, group, percent }: NumbersRule): { number: string; groups: string } {
  const point = decimal === '.' ? '\\.' : decimal;
  const between = groupClass(group);
  const grouped = group === '' ? '' : `|[0-9]{1,3}([${between}][0-9]{2,3})*[${between}][0-9]{3}`;
  const digits = `([0-9]+${grouped})`;
  return {
    number: `[+-]?(${digits}(${point}[0-9]*)?|${point}[0-9]+)([eE][+-]?[0-9]+)?${percent ? '%?' : ''}`,
    groups: between === '' ? '' : `[${between}]`,
  };
}

function numberReader(rule: NumbersRule): (text: string) => number | null {
  const { number, groups } = patterns(rule);
  const whole = new RegExp(`^(?:${number})$`, 'u');
  const group = groups === '' ? undefined : new RegExp(groups, 'gu');
  const minus = new RegExp(`[${MINUS}]`, 'gu');
  const edges = new RegExp(`^[${WHITE_SPACE}]+|[${WHITE_SPACE}]+$`, 'gu');
  const inner = new RegExp(`^([+-])[${WHITE_SPACE}]+|[${WHITE_SPACE}]+(%)$`, 'gu');
  return (given) => {
    let text = given;
    for (const affix of rule.strip) text = text.split(affix).join('');
    text = text.replace(minus, '-').replace(edges, '').replace(inner, '$1$2');
    if (!whole.test(text)) return null;
    if (group) text = text.replace(group, '');
    const value = Number(text.replace('%', '').replace(rule.decimal, '.'));
    const scaled = text.endsWith('%') ? value / 100 : value;
    return Number.isFinite(scaled) ? scaled : null;
  };
}

function numberSql(rule: NumbersRule, cell: Sql): Sql {
  const { number, groups } = patterns(rule);
  let text = cell;
  for (const affix of rule.strip) text = sql`replace(${text}, ${affix}, '')`;
  text = sql`trim(regexp_replace(${text}, ${`[${MINUS}]`}, '-', 'g'), ${WHITE_SPACE})`;
  text = sql`regexp_replace(${text}, ${`^([+-])[${WHITE_SPACE}]+|[${WHITE_SPACE}]+(%)$`}, '\\1\\2', 'g')`;
  const bare = groups === '' ? text : sql`regexp_replace(${text}, ${groups}, '', 'g')`;
  const value = sql`try_cast(replace(replace(${bare}, '%', ''), ${rule.decimal}, '.') AS DOUBLE)`;
  const scaled = rule.percent ? sql`(CASE WHEN ends_with(${text}, '%') THEN ${value} / 100 ELSE ${value} END)` : value;
  return sql`(CASE ${join([sql`WHEN regexp_full_match(${text}, ${number}) AND isfinite(${scaled}) THEN ${scaled}`], ' ')} END)`;
}
