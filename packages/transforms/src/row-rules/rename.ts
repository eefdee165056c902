import { z } from 'zod';
import { foldName, type Column } from '@trainyard/tables/sql';
import { rowRuleKind, type RuleCell } from './contract.js';
import { columnFor, notFor } from './fitting.js';

export const renameRule = rowRuleKind({
  schema: z
    .strictObject({ rule: z.literal('rename'), columns: z.record(z.string(), z.string().min(1)) })
    .describe('new names by old name'),
  table(rule, columns) {
    const names = new Map(
      Object.entries(rule.columns).map(([from, to]) => [columnFor('rename', columns, from).name, to]),
    );
    refuseTwins(columns, names);
    return { about: [...names.keys()], names, travels: rule };
  },
  /** A row may bring a column by its new name: what is not there by the old one stays as it is. */
  row(rule) {
    const names = Object.entries(rule.columns);
    return (row) => {
      const moved: [string, RuleCell | undefined][] = [];
      for (const [from, to] of names) {
        if (!Object.hasOwn(row, from)) continue;
        moved.push([to, row[from]]);
        delete row[from];
      }
      for (const [to, cell] of moved) row[to] = cell;
    };
  },
  before(rule, after) {
    const old = new Map(Object.entries(rule.columns).map(([from, to]) => [to, from]));
    return new Map([...after].map(([name, type]) => [old.get(name) ?? name, type]));
  },
});

/** Throws a UserError for two columns that would have one name; names that differ in case alone are one to the database. */
function refuseTwins(columns: readonly Column[], names: ReadonlyMap<string, string>): void {
  const taken = new Map<string, string>();
  for (const { name } of columns) {
    const after = names.get(name) ?? name;
    const twin = taken.get(foldName(after));
    if (twin === after) throw notFor('rename', after, 'two columns would have this name');
    if (twin !== undefined)
      throw notFor('rename', after, `it and column "${twin}" differ in case alone, which tables do not tell apart`);
    taken.set(foldName(after), after);
  }
}
