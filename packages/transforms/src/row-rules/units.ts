import { z } from 'zod';
import { id, join, sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { rowRuleKind } from './contract.js';
import { notFor, numericColumn, textColumn } from './fitting.js';
import { judged, unread, unreadCell } from './judged.js';
import { otherwise } from './parameters.js';
import { readText, readTextSql } from './read-text.js';
import { trimmed, trimmedSql } from '../text.js';

const factor = z.number().refine((value) => value !== 0, 'a factor of 0 loses the value');

/** Text of a number and its unit, as a number of one unit. */
export const unitsRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('units'),
      column: z.string(),
      units: z
        .record(z.string(), factor)
        .describe('by how it is written: what one of this unit is in the unit wanted; "" is a number alone'),
      otherwise: otherwise.default('stop'),
    })
    .describe('text of numbers with units, such as "5 kg" and "500 g", as numbers of one unit'),
  table(rule, columns) {
    const { name } = textColumn('units', columns, rule.column);
    const units = unitsOf(rule.units);
    if (units.length === 0) throw notFor('units', name, 'it names no unit');
    const text = trimmedSql(id(name));
    const cases = units.map(([unit, times]) => {
      const number = readTextSql('number', sql`left(${text}, length(${text}) - ${BigInt([...unit].length)})`);
      const value = sql`(${number} * ${times})`;
      return sql`WHEN ends_with(${text}, ${unit}) AND ${number} IS NOT NULL THEN (CASE WHEN isfinite(${value}) THEN ${value} END)`;
    });
    const value = sql`(CASE ${join(cases, ' ')} END)`;
    return {
      ...judged(name, unread(name, value), rule.otherwise, sayUnits(rule.units)),
      cells: new Map([[name, { value, type: 'number' as const }]]),
      travels: rule,
    };
  },
  row(rule) {
    const units = unitsOf(rule.units);
    const read = (given: string): number | null => {
      const text = trimmed(given);
      for (const [unit, times] of units) {
        const number = text.endsWith(unit) ? readText('number', text.slice(0, text.length - unit.length)) : null;
        if (typeof number !== 'number') continue;
        return Number.isFinite(number * times) ? number * times : null;
      }
      return null;
    };
    return (row) => {
      const cell = Object.hasOwn(row, rule.column) ? row[rule.column] : undefined;
      if (typeof cell !== 'string') return;
      row[rule.column] = read(cell) ?? unreadCell('units', rule.column, cell, rule.otherwise, sayUnits(rule.units));
    };
  },
  before: (rule, after) => new Map([...after].map(([name, type]) => [name, name === rule.column ? 'text' : type])),
});

/** The longest first, so that `mg` is not read as `g`. */
function unitsOf(units: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(units).sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
}

function sayUnits(units: Readonly<Record<string, number>>): string {
  return `a number with one of the units ${Object.keys(units)
    .map((unit) => JSON.stringify(unit))
    .join(', ')}`;
}

/** Numbers of one unit as those of another. */
export const scaleRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('scale'),
      column: z.string(),
      factor: factor.default(1),
      offset: z.number().default(0).describe('added after the factor'),
    })
    .describe('numbers times a factor plus an offset: another unit'),
  table(rule, columns) {
    const { name, type } = numericColumn('scale', columns, rule.column);
    const value = sql`(${id(name)}::DOUBLE * ${rule.factor} + ${rule.offset})`;
    if (type === 'number') return { ...changed([{ name, type }], () => value), travels: rule };
    return { about: [name], cells: new Map([[name, { value, type: 'number' as const }]]), travels: rule };
  },
  row(rule) {
    return (row) => {
      const cell = Object.hasOwn(row, rule.column) ? row[rule.column] : undefined;
      if (typeof cell === 'number') row[rule.column] = cell * rule.factor + rule.offset;
    };
  },
});
