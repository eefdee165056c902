import { UserError } from '../../core/index.js';
import { dataColumns, requireColumn, ROW_ID, type Column } from '@trainyard/tables';
import type { PassStep } from '@trainyard/transforms';
import { recipe, type CategoricalRecipe, type NumericRecipe, type PassRecipe, type Recipe } from './recipe.js';

export type Chosen =
  | ({ kind: 'numeric' } & NumericRecipe)
  | ({ kind: 'categorical' } & CategoricalRecipe)
  | ({ kind: 'pass'; type: PassStep['type'] } & Pick<PassRecipe, 'column' | 'maxCategories'>);

/** The columns that a recipe makes features of, in the table's order. Throws a UserError for one that cannot be. */
export function chooseColumns(given: Recipe, columns: readonly Column[]): Chosen[] {
  const named = [...given.numeric, ...given.categorical, ...given.pass].map(({ column }) => column);
  for (const name of [...named, ...given.drop, ...(given.label === undefined ? [] : [given.label])]) {
    requireColumn(columns, name, 'the recipe');
    if (name === ROW_ID) throw refused(name, 'it is the identity of rows, never a feature');
  }
  for (const name of named) {
    if (named.indexOf(name) !== named.lastIndexOf(name)) throw refused(name, 'the recipe names it twice');
    if (name === given.label) throw refused(name, 'it is the label, never a feature');
    if (given.drop.includes(name)) throw refused(name, 'the recipe drops it as well');
  }
  if (given.rest === 'auto' && given.label === undefined) {
    throw new UserError('a recipe with rest: "auto" must say the label', {
      where: { field: 'recipe.label' },
      expected: 'the column to predict, so that it does not become a feature',
    });
  }
  const chosen = dataColumns(columns).flatMap((column): Chosen[] => {
    const numeric = given.numeric.find((one) => one.column === column.name);
    const categorical = given.categorical.find((one) => one.column === column.name);
    if (numeric) return [{ kind: 'numeric', ...numberColumn(column, numeric) }];
    if (categorical) return [{ kind: 'categorical', ...categorical }];
    const passed = given.pass.find((one) => one.column === column.name);
    if (passed) return [passColumn(column, passed)];
    const left = given.rest === 'drop' || given.drop.includes(column.name) || column.name === given.label;
    if (left || column.type === 'date' || column.type === 'timestamp') return [];
    const { numeric: asNumber, categorical: asText } = recipe.parse({
      numeric: [column.name],
      categorical: [column.name],
    });
    if (holdsNumbers(column) && asNumber[0]) return [{ kind: 'numeric', ...asNumber[0] }];
    return asText[0] ? [{ kind: 'categorical', ...asText[0] }] : [];
  });
  if (chosen.length === 0) throw new UserError('the recipe makes no features', { where: { field: 'recipe' } });
  return chosen;
}

function holdsNumbers(column: Column): boolean {
  return column.type === 'number' || column.type === 'integer';
}

function numberColumn(column: Column, spec: NumericRecipe): NumericRecipe {
  if (holdsNumbers(column)) return spec;
  throw new UserError(`column "${column.name}" does not hold numbers`, {
    where: { column: column.name, field: 'recipe.numeric' },
    expected: 'a column of numbers or integers',
    actual: column.type,
    remedy: 'make it categorical, or read it as numbers when it is ingested',
  });
}

/** How a column is passed on: as it is, or as the recipe says where it can be. */
function passColumn(column: Column, { as, maxCategories }: PassRecipe): Chosen {
  const own = holdsNumbers(column) ? 'number' : column.type === 'boolean' ? 'boolean' : 'category';
  const type = as ?? own;
  if (type === 'category' || type === own) return { kind: 'pass', column: column.name, type, maxCategories };
  throw new UserError(`column "${column.name}" cannot be passed on as a ${type}`, {
    where: { column: column.name, field: 'recipe.pass' },
    expected: own === 'category' ? 'category' : `${own}, or category`,
    actual: `a column of type ${column.type}`,
  });
}

function refused(column: string, why: string): UserError {
  return new UserError(`column "${column}" cannot be a feature: ${why}`, { where: { column, field: 'recipe' } });
}
