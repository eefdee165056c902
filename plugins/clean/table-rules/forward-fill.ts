import type { z } from 'zod';
import { id, join, sql } from '@trainyard/tables';
import { notFor } from '../not-for.js';
import { NTH } from '../place.js';
import type { forwardFill } from '../rules.js';
import { findColumn, type Asked, type TableRuleStep } from './contract.js';

export function forwardFillStep(rule: z.output<typeof forwardFill>, { columns }: Asked): TableRuleStep {
  const given = rule.columns.map((name) => findColumn('forward-fill', columns, name));
  const by = rule.by.map((name) => findColumn('forward-fill', columns, name));
  const order = rule.order.map((name) => findColumn('forward-fill', columns, name));
  const clash = given.find(({ name }) => [...rule.by, ...rule.order].includes(name));
  if (clash) throw notFor('forward-fill', clash.name, 'it is filled, and also orders or groups the rows');
  const parts = by.length === 0 ? sql`` : sql`PARTITION BY ${join(by.map(({ name }) => id(name)))}`;
  const rows = rule.most === undefined ? sql`UNBOUNDED` : sql`${BigInt(rule.most)}`;
  const window = sql`(${parts} ORDER BY ${join([...order.map(({ name }) => id(name)), NTH])} ROWS BETWEEN ${rows} PRECEDING AND CURRENT ROW)`;
  return {
    about: given.map(({ name }) => name),
    cells: new Map(
      given.map(({ name, type }) => [name, { value: sql`last_value(${id(name)} IGNORE NULLS) OVER ${window}`, type }]),
    ),
  };
}
