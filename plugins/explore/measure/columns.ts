import type { ColumnProfile } from '../profile.js';
import { profileCategories, type Categories } from './categories.js';
import { imageFields, profileImages, type Drawn } from './images.js';
import { profileNumbers } from './numbers.js';
import type { Field, Relation } from './relation.js';
import { profileTexts } from './texts.js';
import { profileTimes } from './times.js';

/** A column with what was measured of it; of text and booleans also the values. */
export interface Measurement {
  readonly field: Field;
  readonly column: ColumnProfile;
  readonly categories?: Categories;
}

/** Profiles each column of a table, in their order. */
export async function columnsOf(relation: Relation, drawn: Drawn): Promise<Measurement[]> {
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
  const images = await imageFields(relation, fields);
  for (const [i, column] of (await profileImages(relation, images, drawn)).entries())
    found.set(column.name, { field: images[i]!, column });
  const named = fields.filter((field) => field.kind === 'categorical' && !images.includes(field));
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
