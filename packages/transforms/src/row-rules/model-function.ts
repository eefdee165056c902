import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { id, join, sql, Sql, type Column, type SqlFunction } from '@trainyard/tables/sql';
import type { RuleRow } from './contract.js';

/** A function of some columns' numbers, as SQL calls it; its name is made of all that decides what it gives. */
export function modelFunction(
  kind: string,
  model: unknown,
  gives: 'number' | 'boolean',
  run: (cells: readonly (number | null)[], at: number) => number | boolean | null,
): SqlFunction {
  return ruleFunction(kind, model, ['numbers', 'integer'], gives, run);
}

/** A function of ours whose name is made of all that decides what it gives. */
export function ruleFunction(
  kind: string,
  decides: unknown,
  takes: SqlFunction['takes'],
  gives: SqlFunction['gives'],
  run: SqlFunction['run'],
): SqlFunction {
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify(decides)))).slice(0, 16);
  return { name: `trainyard_${kind}_${digest}`, takes, gives, run };
}

/** A call of a function for these columns of a row; `at` is the number of the one that is asked for. */
export function callModel({ name }: SqlFunction, columns: readonly Column[], at: number): Sql {
  const cells = join(columns.map((column) => sql`${id(column.name)}::DOUBLE`));
  return sql`${Sql.of(name)}(list_value(${cells}), ${BigInt(at)})`;
}

/** The same cells of a row; what is no number is missing. */
export function numbersOf(row: RuleRow, columns: readonly string[]): (number | null)[] {
  return columns.map((name) => {
    const cell = Object.hasOwn(row, name) ? row[name] : null;
    return typeof cell === 'number' ? cell : null;
  });
}

/** A value to compute with, or undefined where there is none: missing, NaN or infinite. */
export function usable(cell: number | null | undefined): number | undefined {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined;
}
