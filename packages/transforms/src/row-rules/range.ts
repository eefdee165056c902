import { z } from 'zod';
import { id, sql } from '@trainyard/tables/sql';
import { changed } from './changed.js';
import { rowRuleKind } from './contract.js';
import { notFor, numericColumn } from './fitting.js';
import { judged } from './judged.js';

export const rangeRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('range'),
      column: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      outside: z
        .enum(['missing', 'drop', 'clip', 'stop'])
        .default('stop')
        .describe('what becomes of numbers outside; NaN is outside every range, and clipping leaves it'),
    })
    .describe('numbers from min to max'),
  table(rule, columns) {
    const column = numericColumn('range', columns, rule.column);
    const { name, type } = column;
    const { min = -Infinity, max = Infinity, outside } = rule;
    if (min > max) throw notFor('range', name, `min ${min} is above max ${max}`, 'exchange them');
    if (rule.min === undefined && rule.max === undefined)
      throw notFor('range', name, 'it names neither min nor max', 'name one of them');
    if (outside === 'clip' && type === 'integer' && ![rule.min, rule.max].every(isWhole))
      throw notFor('range', name, 'it holds integer, and a limit to clip to is not', 'clip to whole numbers');
    const cell = id(name);
    const double = sql`${cell}::DOUBLE`;
    const [below, above] = [sql`${double} < ${min}`, sql`(${double} > ${max} AND NOT isnan(${double}))`];
    if (outside === 'clip') {
      const clipped = sql`CASE WHEN ${below} THEN ${min} WHEN ${above} THEN ${max} ELSE ${double} END`;
      return {
        ...changed([column], () => (type === 'integer' ? sql`(${clipped})::BIGINT` : sql`(${clipped})`)),
        travels: rule,
      };
    }
    const failing = sql`(${below} OR ${double} > ${max} OR isnan(${double}))`;
    if (outside === 'missing')
      return { ...changed([column], () => sql`(CASE WHEN ${failing} THEN NULL ELSE ${cell} END)`), travels: rule };
    return judged(name, failing, outside, `from ${rule.min ?? 'any'} to ${rule.max ?? 'any'}`);
  },
  row({ column, outside, min = -Infinity, max = Infinity }) {
    return (row) => {
      const cell = Object.hasOwn(row, column) ? row[column] : undefined;
      if (typeof cell !== 'number' || (cell >= min && cell <= max)) return;
      if (outside === 'missing') row[column] = null;
      else if (outside === 'clip') row[column] = cell < min ? min : cell > max ? max : cell;
    };
  },
});

function isWhole(limit: number | undefined): boolean {
  return limit === undefined || Number.isSafeInteger(limit);
}
