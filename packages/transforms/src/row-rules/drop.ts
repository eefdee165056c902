import { z } from 'zod';
import { rowRuleKind } from './contract.js';
import { columnFor } from './fitting.js';
import { columnNames } from './parameters.js';

export const dropRule = rowRuleKind({
  schema: z.strictObject({ rule: z.literal('drop'), columns: columnNames }).describe('drops columns'),
  table(rule, columns) {
    const names = rule.columns.map((name) => [columnFor('drop', columns, name).name, undefined] as const);
    return { about: rule.columns, names: new Map(names) };
  },
});
