import type { ColumnProfile, Measured } from '../profile.js';
import { associationsBetween, associationsWith, type Columns, type Label, type WithLabel } from './associations.js';
import { columnsOf } from './columns.js';
import { classCode, classesOf, codesOf, keepCodes } from './codes.js';
import type { Numeric } from './correlations.js';
import { duplicatesBetween, duplicatesIn } from './duplicates.js';
import type { Relation } from './relation.js';
import { scatterOf } from './scatter.js';
import { targetBy } from './target.js';

export { LISTED } from './categories.js';
export { columnsOf, type Measurement } from './columns.js';
export { histogramsOf } from './histograms.js';
export { figuresOf, relationOf, type Counted, type Relation } from './relation.js';

export interface MeasureOptions {
  readonly label?: string | undefined;
  readonly part?: string | undefined;
  readonly seed: number;
  readonly progress?: (fraction: number, said: string) => void;
}

/** Measures a table. The same rows in the same order give the same figures, bit for bit, for any number of threads. */
export async function measure(relation: Relation, options: MeasureOptions): Promise<Measured> {
  const { label: name, seed, progress = () => undefined } = options;
  const bounds: string[] = [];
  progress(0, 'columns');
  const columns = await columnsOf(relation, { label: name, seed });
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
