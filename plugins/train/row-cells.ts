import { UserError } from '@trainyard/errors';
import { requireColumn, type Column, type TableCell } from '@trainyard/tables';
import { transformInputs, type FittedTransform } from '@trainyard/transforms';

/** The table that rows are read from, and its columns that say more than features. */
export interface LabelledTable {
  readonly label: string;
  /** A column of weights of rows. */
  readonly weight?: string | undefined;
  /** A column that says which rows are ranked among each other. */
  readonly group?: string | undefined;
  /** Which part of the data it is, for messages: `train`, `validation`, `test`. */
  readonly part: string;
  /** The classes that may occur; without them those that do occur. */
  readonly classes?: readonly string[];
}

/** A class as its cell names it. Throws a UserError where there is none, or one that is not allowed. */
export function labelOf(cell: TableCell | undefined, row: number, { part, label, classes }: LabelledTable): string {
  if (cell === null || cell === undefined || cell === '') {
    throw new UserError(`a row of the table "${part}" has no label`, {
      where: { port: part, row, column: label },
      remedy: 'label it, or leave such rows out when the table is cleaned',
    });
  }
  const name = String(cell);
  if (classes && !classes.includes(name)) {
    throw new UserError(`the table "${part}" has a class that training did not see`, {
      where: { port: part, row, column: label },
      expected: classes.join(', '),
      actual: name,
      remedy: 'split the data so that every class is in the training table (split.stratified does)',
    });
  }
  return name;
}

/** Throws a UserError for a label that is no column of numbers. */
export function requireNumeric(type: Column['type'], { part, label }: LabelledTable): void {
  if (type === 'number' || type === 'integer') return;
  throw new UserError(`column "${label}" of the table "${part}" holds ${type}, and this learner predicts numbers`, {
    where: { port: part, column: label },
    remedy: 'choose a column of numbers; classes are for train.trees and the other classifiers',
  });
}

/** A label as a number. Throws a UserError where there is none that is finite. */
export function numberOf(cell: TableCell | undefined, row: number, { part, label }: LabelledTable): number {
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  throw new UserError(`a row of the table "${part}" has no number for its label`, {
    where: { port: part, row, column: label },
    expected: 'a finite number',
    actual: cell === null || cell === undefined || Number.isNaN(cell) ? 'missing' : String(cell),
    remedy: 'leave such rows out when the table is cleaned; classes are for train.trees',
  });
}

/** Throws a UserError for a column of weights that is not there, holds no numbers, or is a feature as well. */
export function requireWeight(columns: readonly Column[], name: string, transform: FittedTransform): void {
  const { type } = requireColumn(columns, name, 'weight');
  if (type !== 'number' && type !== 'integer')
    throw new UserError(`column "${name}" holds ${type}, not weights`, { where: { field: 'weight', column: name } });
  if (transformInputs(transform).some((input) => input.name === name))
    throw new UserError(`column "${name}" is a weight and a feature at once`, {
      where: { field: 'weight', column: name },
      remedy: 'leave it out of the recipe of features.fit: it says how rows were chosen, not what they are',
    });
}

/** The weight of a row. Throws a UserError where there is none. */
export function weightOf(cell: TableCell | undefined, row: number, { part, weight }: LabelledTable): number {
  if (typeof cell === 'number' && Number.isFinite(cell) && cell >= 0) return cell;
  throw new UserError(`a row of the table "${part}" has no weight`, {
    where: { port: part, row, column: weight! },
    expected: 'a number of 0 or more',
    actual: cell === null || cell === undefined || Number.isNaN(cell) ? 'missing' : String(cell),
  });
}

/** What a row is ranked among, as text. Throws a UserError where it is missing. */
export function groupOf(cell: TableCell | undefined, row: number, { part, group }: LabelledTable): string {
  if (cell !== null && cell !== undefined) return String(cell);
  throw new UserError(`a row of the table "${part}" is of no group`, {
    where: { port: part, row, column: group! },
    expected: 'what says which rows are ranked among each other, such as a query',
  });
}
