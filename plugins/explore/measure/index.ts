import type { ColumnProfile, Measured } from '../profile.js';
import { associationsBetween, associationsWith, type Columns, type Label, type WithLabel } from './associations.js';
import { profileCategories, type Categories } from './categories.js';
import { classCode, classesOf, codesOf, keepCodes } from './codes.js';
import type { Numeric } from './correlations.js';
import { duplicatesBetween, duplicatesIn } from './duplicates.js';
import { profileNumbers } from './numbers.js';
import type { Field, Relation } from './relation.js';
import { scatterOf } from './scatter.js';
import { targetBy } from './target.js';
import { profileTexts } from './texts.js';
import { profileTimes } from './times.js';

export { relationOf, type Relation } from './relation.js';

export interface MeasureOptions {
  readonly label?: string | undefined;
  readonly part?: string | undefined;
  readonly seed: number;
  readonly progress?: (fraction: number, said: string) => void;
}

interface Measurement {
  readonly field: Field;
  readonly column: ColumnProfile;
  readonly categories?: Categories;
}

/** Measures a table. The same rows in the same order give the same figures, bit for bit, for any number of threads. */
export async function measure(relation: Relation, options: MeasureOptions): Promise<Measured> {
  const { label: name, seed, progress = () => undefined } = options;
  const bounds: string[] = [];
  progress(0, 'columns');
  const columns = await columnsOf(relation);
  progress(0.4, 'rows');
  const duplicates = await duplicatesIn(relation);
  const part = relation.fields.find((field) => field.name === options.part);
  progress(0.5, 'relations');
  const isLabel = ({ column }: { readonly column: ColumnProfile }): boolean => column.name === name;
  const target = columns.find(isLabel);
  const classes = target ? await classesOf(relation, target) : [];
  const asClasses = target && classCode(target.field, target.column, classes);
  const coded = (await codesOf(relation, columns)).map((one) => (isLabel(one) && asClasses ? asClasses : one));
  const codes = await keepCodes(relation, coded);
  const numbers = columns.flatMap(({ field, column }): Numeric[] =>
    column.kind === 'numeric' && field.x ? [{ field: { ...field, x: field.x }, column }] : [],
  );
  const label: Label = { number: numbers.find(isLabel), code: coded.find(isLabel), classes: asClasses !== undefined };
  const features: Columns = {
    relation,
    codes,
    numbers: numbers.filter((one) => !isLabel(one)),
    coded: coded.filter((one) => !isLabel(one)),
  };
  const associations = await associationsBetween(features, bounds);
  progress(0.8, 'target');
  const withLabel = target ? await associationsWith(features, label, bounds) : { associations: [], tables: [] };
  const found = {
    format: 'trainyard.profile/2' as const,
    rows: relation.rows,
    duplicates,
    label: name ?? null,
    classes,
    columns: columns.map(({ column }) => column),
    associations,
    withLabel: withLabel.associations,
    target: await targetBy(relation, label, featuresOf(features, withLabel), bounds),
    parts: part ? await duplicatesBetween(relation, part) : null,
  };
  progress(0.95, 'scatter');
  const all = [...associations, ...withLabel.associations];
  const scatter = await scatterOf(relation, numbers, all, label.classes ? label.code : undefined, seed);
  return { ...found, scatter: { ...scatter, seed }, bounds };
}

async function columnsOf(relation: Relation): Promise<Measurement[]> {
  const { fields } = relation;
  const withOrder = (kind: ColumnProfile['kind']): (Field & { x: NonNullable<Field['x']> })[] =>
    fields.flatMap((field) => (field.kind === kind && field.x ? [{ ...field, x: field.x }] : []));
  const found = new Map<string, Measurement>();
  const numeric = withOrder('numeric');
  for (const [i, column] of (await profileNumbers(relation, numeric)).entries())
    found.set(column.name, { field: numeric[i]!, column });
  const timed = withOrder('time');
  for (const [i, column] of (await profileTimes(relation, timed)).entries())
    found.set(column.name, { field: timed[i]!, column });
  const named = fields.filter(({ kind }) => kind === 'categorical');
  const categories = await profileCategories(relation, named);
  const texts = await profileTexts(
    relation,
    named,
    categories.map(({ profile }) => profile.distinct),
  );
  for (const [i, one] of categories.entries()) {
    const text = texts[i];
    const column = text ? { ...one.profile, text } : one.profile;
    found.set(column.name, { field: named[i]!, column, categories: one });
  }
  return fields.map(({ name }) => found.get(name)!);
}

/** The features that say most of the label first. */
function featuresOf({ numbers, coded }: Columns, { associations, tables }: WithLabel) {
  const told = new Map(
    associations.flatMap(({ measure, columns, value }) =>
      measure === 'mutual-information' ? [[columns[0], value] as const] : [],
    ),
  );
  return coded
    .map((feature, place) => ({ feature, place, told: told.get(feature.column.name) ?? 0 }))
    .sort((a, b) => b.told - a.told || a.place - b.place)
    .map(({ feature }) => ({
      feature,
      table: tables.find((one) => one.feature === feature)?.table,
      number: numbers.find(({ column }) => column === feature.column),
    }));
}
