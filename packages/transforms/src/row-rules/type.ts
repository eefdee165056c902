import { z } from 'zod';
import { COLUMN_TYPES, id } from '@trainyard/tables/sql';
import { rowRuleKind } from './contract.js';
import { columnFor, notFor } from './fitting.js';
import { judged, unread, unreadCell } from './judged.js';
import { otherwise } from './parameters.js';
import { readCell, readCellSql, READ_AS, unreadable } from './read-text.js';

export const typeRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('type'),
      column: z.string(),
      to: z.enum(COLUMN_TYPES),
      otherwise: otherwise.default('stop'),
      from: z.enum(COLUMN_TYPES).optional().describe('what the column holds; found out when the rule is applied'),
    })
    .describe('reads a column as another type'),
  table({ from: _, ...rule }, columns) {
    const { name, type: from } = columnFor('type', columns, rule.column);
    if (from === rule.to) return { about: [name] };
    const why = unreadable(from, rule.to);
    if (why !== undefined) throw notFor('type', name, why);
    const value = readCellSql(from, rule.to, id(name));
    return {
      ...judged(name, unread(name, value), rule.otherwise, READ_AS[rule.to]),
      cells: new Map([[name, { value, type: rule.to }]]),
      travels: { ...rule, from },
    };
  },
  row(rule) {
    return (row) => {
      const cell = Object.hasOwn(row, rule.column) ? row[rule.column] : undefined;
      if (cell === null || cell === undefined) return;
      row[rule.column] =
        readCell(rule.from ?? 'text', rule.to, cell) ??
        unreadCell('type', rule.column, cell, rule.otherwise, READ_AS[rule.to]);
    };
  },
  before(rule, after) {
    return new Map([...after].map(([name, type]) => [name, name === rule.column ? (rule.from ?? type) : type]));
  },
});
