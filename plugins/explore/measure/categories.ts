import { spellingsOf, sql } from '@trainyard/tables';
import type { CategoricalProfile } from '../profile.js';
import { countBy, figuresOf, type Counted, type Field, type Relation } from './relation.js';

const HELD = 4e6;
const TOP = 8;
/** The most values that are looked at one by one: of more, nobody chooses. */
export const LISTED = 1000;

export interface Categories {
  readonly profile: CategoricalProfile;
  /** All values with their rows where there are at most `LISTED`, else the most frequent. */
  readonly values: readonly Counted[];
}

/** Profiles the columns of text and booleans. */
export async function profileCategories(relation: Relation, fields: readonly Field[]): Promise<Categories[]> {
  const counts = await figuresOf(relation, fields, ({ cell, type }) => ({
    present: sql`count(${cell})`,
    shortest: sql`min(length(${cell}::VARCHAR))`,
    longest: sql`max(length(${cell}::VARCHAR))`,
    blank: type === 'text' ? sql`count(*) FILTER (trim(${cell}) = '')` : sql`0`,
  }));
  const distinct = await figuresOf(relation, fields, ({ cell }) => ({ n: sql`count(DISTINCT ${cell})` }), HELD);
  const few = fields.filter((_, i) => Number(distinct[i]!.n) <= LISTED);
  const many = fields.filter((field) => !few.includes(field));
  const text = ({ cell }: Field) => sql`${cell}::VARCHAR`;
  const listed = new Map<Field, Counted[]>();
  for (const [i, values] of (await countBy(relation, few, text)).entries()) listed.set(few[i]!, values);
  for (const [i, values] of (await countBy(relation, many, text, TOP)).entries()) listed.set(many[i]!, values);
  return fields.map((field, i) => {
    const { present, shortest, longest, blank } = counts[i]!;
    const values = listed.get(field) ?? [];
    const names = few.includes(field) ? values.map(({ value }) => String(value)).sort() : [];
    return {
      values,
      profile: {
        name: field.name,
        type: field.type,
        rows: relation.rows,
        missing: relation.rows - Number(present),
        distinct: Number(distinct[i]!.n),
        kind: 'categorical',
        top: values.slice(0, TOP).map(({ value, rows }) => ({ value: String(value), rows })),
        spellings: spellingsOf(names),
        length: [Number(shortest), Number(longest)],
        blank: Number(blank),
      },
    };
  });
}
