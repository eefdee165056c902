import { UserError } from '@trainyard/errors';
import { dataColumns, foldName, requireColumn, ROW_ID, type Column } from '@trainyard/tables/sql';
import { kindOf, type TransformStep } from '@trainyard/transforms';
import { derivationNamed } from './derivations/index.js';
import { FEATURE_KINDS, type FeatureKind, type Spec } from './kinds/index.js';
import type { Recipe } from './recipe.js';
import { selectorNamed } from './selection/index.js';

/** A column that becomes features in one way. */
export interface Chosen {
  readonly kind: FeatureKind;
  readonly spec: Spec;
  readonly column: Column;
}

/** What a recipe makes of a table with these columns. */
export interface Plan {
  /** Steps that make columns, in order, and all columns then. */
  readonly derived: readonly TransformStep[];
  readonly columns: readonly Column[];
  /** In the order of the features: that of the columns, derived ones last. */
  readonly chosen: readonly Chosen[];
  readonly label: Column | undefined;
}

/** Throws a UserError for a column that the recipe can make nothing of. */
export function planOf(given: Recipe, table: readonly Column[]): Plan {
  const { steps: derived, columns, read } = derive(given, table);
  const lists = FEATURE_KINDS.map((kind) => ({ kind, specs: specsOf(given, kind) }));
  const sole = lists.flatMap(({ kind, specs }) => (kind.sole ? specs.map(({ column }) => column) : []));
  const named = new Set(
    lists.flatMap(({ kind, specs }) => specs.flatMap((spec) => [spec.column, ...(kind.others?.(spec) ?? [])])),
  );
  const columnOf = (name: string): Column => requireColumn(columns, name, 'the recipe');
  for (const name of [...named, ...given.drop, ...(given.label === undefined ? [] : [given.label])]) {
    columnOf(name);
    if (name === ROW_ID) throw refused(name, 'it is the identity of rows, never a feature');
  }
  for (const name of sole)
    if (sole.indexOf(name) !== sole.lastIndexOf(name)) throw refused(name, 'the recipe names it twice');
  for (const name of named) {
    if (name === given.label) throw refused(name, 'it is the label, never a feature');
    if (given.drop.includes(name)) throw refused(name, 'the recipe drops it as well');
  }
  if (given.rest === 'auto' && given.label === undefined)
    throw new UserError('a recipe with rest: "auto" must say the label', {
      where: { field: 'recipe.label' },
      expected: 'the column to predict, so that it does not become a feature',
    });
  const own = new Set(table.map(({ name }) => name));
  const chosen = dataColumns(columns).flatMap((column): Chosen[] => {
    const said = lists.flatMap(({ kind, specs }) =>
      specs.filter((spec) => spec.column === column.name).map((spec) => ({ kind, spec, column })),
    );
    const left = given.drop.includes(column.name) || column.name === given.label || named.has(column.name);
    const auto = own.has(column.name) ? given.rest === 'auto' : !read.has(column.name);
    const kind = left || !auto ? undefined : FEATURE_KINDS.find((one) => one.takes?.(column.type));
    return kind ? [{ kind, spec: kind.schema.parse({ column: column.name }), column }] : said;
  });
  if (chosen.length === 0) throw new UserError('the recipe makes no features', { where: { field: 'recipe' } });
  for (const { kind, spec, column } of chosen) {
    kind.check(spec, column, columnOf);
    if (kind.needsLabel?.(spec) && given.label === undefined)
      throw new UserError(`column "${column.name}" learns from the label, which the recipe does not say`, {
        where: { column: column.name, field: 'recipe.label' },
        expected: 'the column to predict',
      });
  }
  const by = given.label === undefined ? given.select.find((one) => selectorNamed(one.by).needsLabel)?.by : undefined;
  if (by !== undefined)
    throw new UserError(`the selection by ${by} looks at the label, which the recipe does not say`, {
      where: { field: 'recipe.label' },
      expected: 'the column to predict',
    });
  return { derived, columns, chosen, label: given.label === undefined ? undefined : columnOf(given.label) };
}

/** Whether a selection looks at the label. */
export function selectsByLabel({ select }: Pick<Recipe, 'select'>): boolean {
  return select.some(({ by }) => selectorNamed(by).needsLabel);
}

function specsOf(given: Recipe, { list }: FeatureKind): readonly Spec[] {
  return (given as unknown as Readonly<Record<string, readonly Spec[]>>)[list] ?? [];
}

/** The columns with those that the recipe makes, and which of these another one is made of. */
function derive(
  given: Recipe,
  table: readonly Column[],
): { steps: TransformStep[]; columns: Column[]; read: Set<string> } {
  const columns = [...table];
  const read = new Set<string>();
  const steps = given.derive.map((spec): TransformStep => {
    const derivation = derivationNamed(spec.kind);
    const names = derivation.reads(spec);
    for (const name of names) {
      if (name === ROW_ID) throw refused(name, 'it is the identity of rows, never a feature');
      if (name === given.label) throw refused(name, 'it is the label, never a feature');
      read.add(name);
    }
    derivation.check(
      spec,
      names.map((name) => requireColumn(columns, name, 'the recipe')),
    );
    if (columns.some(({ name }) => foldName(name) === foldName(spec.name)))
      throw new UserError(`the recipe makes a column "${spec.name}", and there is one already`, {
        where: { column: spec.name, field: 'recipe.derive' },
        expected: 'a name that no column has, whatever its case',
      });
    const step = derivation.step(spec);
    const kind = kindOf(step);
    if (kind.gives === 'column') columns.push(kind.column(step));
    return step;
  });
  return { steps, columns, read };
}

function refused(column: string, why: string): UserError {
  return new UserError(`column "${column}" cannot be a feature: ${why}`, { where: { column, field: 'recipe' } });
}
