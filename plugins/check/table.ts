import type { CheckFigures } from '@trainyard/checks';
import type { CallOptions, Fit, Handle, Report, Table } from '../../core/index.js';
import type { Contract } from './author.js';
import { checkTable, moment } from './contract.js';

export interface CheckArguments<T> {
  readonly table: T & Fit<'check.table', 'table', Table, T>;
  readonly contract: Contract;
  /** Other tables, by the names that the rules have for them. */
  readonly others?: Readonly<Record<string, Handle<Table>>>;
  /** The labels of the contract may be absent: rows to predict, say. Default `false`. */
  readonly serving?: boolean;
  /** What happens unless the contract has passed. Default `stop`. */
  readonly otherwise?: 'stop' | 'report';
}

function checkBy<const T>(
  { table: checked, contract, others = {}, serving, otherwise }: CheckArguments<T>,
  options?: CallOptions,
): Handle<Report<CheckFigures>> {
  const names = Object.keys(others).sort();
  const asksAge = contract.rules.some(({ rule }) => rule === 'fresh' || rule === 'brought');
  const { row: _row, ...promised } = contract;
  const args = {
    table: checked,
    others: names.map((name) => others[name]!),
    contract: promised,
    names,
    ...(asksAge ? { moment: moment({}) } : {}),
    ...(serving === undefined ? {} : { serving }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
  return checkTable(args as never, options) as Handle<Report<CheckFigures>>;
}

/** Checks a table by a contract. Spread, so that the contract's call is no second one. */
export const table = Object.assign(checkBy, { ...checkTable });
