import { id, type Column, type Sql } from '@trainyard/tables/sql';
import type { RuleRow, TableStep } from './contract.js';

/** Cells of columns that keep their type. */
export function changed(
  columns: readonly Column[],
  change: (cell: Sql) => Sql,
): Required<Pick<TableStep, 'about' | 'cells'>> {
  return {
    about: columns.map(({ name }) => name),
    cells: new Map(columns.map(({ name, type }) => [name, { value: change(id(name)), type }])),
  };
}

/** Changes the text cells of these columns of a row. */
export function changeText(
  columns: readonly string[],
  change: (text: string) => string | null,
): (row: RuleRow) => void {
  return (row) => {
    for (const name of columns) {
      const cell = Object.hasOwn(row, name) ? row[name] : undefined;
      if (typeof cell === 'string') row[name] = change(cell);
    }
  };
}
