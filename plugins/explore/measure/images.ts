import { sql, type Sql } from '@trainyard/tables';
import type { CategoricalProfile, ImageProfile, Picture } from '../profile.js';
import { histogramsOf } from './histograms.js';
import { placesOf } from './places.js';
import { countBy, figuresOf, type Field, type Relation } from './relation.js';

/** The first characters of an image in base 64. */
const FORMATS = [
  ['png', 'iVBORw0KGgo'],
  ['jpeg', '/9j/'],
  ['gif', 'R0lGOD'],
  ['webp', 'UklGR'],
] as const;
/** Pictures of a contact sheet, and the most that one, and all of them, may weigh in base 64. */
const SHEET = { pictures: 48, one: 64_000, all: 1_000_000 };
const SIZES = 8;

const beginsWith = (cell: Sql, first: string): Sql => sql`starts_with(${cell}, ${first})`;

/** SQL for the format of an image in base 64; NULL for what is none. */
function formatOf(cell: Sql): Sql {
  const of = (i: number): Sql => {
    const one = FORMATS[i];
    return one === undefined
      ? sql`NULL`
      : sql`CASE WHEN ${beginsWith(cell, one[1])} THEN ${one[0]} ELSE ${of(i + 1)} END`;
  };
  return sql`(CASE WHEN length(${cell}) >= 32 THEN ${of(0)} END)`;
}

/** How pictures of a contact sheet are chosen, and which column names them: the label, or one called so. */
export interface Drawn {
  readonly label?: string | undefined;
  readonly seed: number;
}

/** The columns of text in which each value is an image, as `ingest.images` gives them. */
export async function imageFields(relation: Relation, fields: readonly Field[]): Promise<Field[]> {
  const texts = fields.filter(({ type }) => type === 'text');
  const found = await figuresOf(relation, texts, ({ cell }) => ({
    present: sql`count(${cell})`,
    images: sql`count(${formatOf(cell)})`,
  }));
  return texts.filter((_, i) => Number(found[i]!.images) > 0 && found[i]!.images === found[i]!.present);
}

/** Profiles columns of images: formats, sizes, bytes, and some pictures, drawn with the seed. */
export async function profileImages(
  relation: Relation,
  fields: readonly Field[],
  { label, seed }: Drawn,
): Promise<CategoricalProfile[]> {
  const bytes = ({ cell }: Field): Sql => sql`(length(${cell}) * 3 // 4)::DOUBLE`;
  const figures = await figuresOf(relation, fields, (field) => ({
    present: sql`count(${field.cell})`,
    distinct: sql`count(DISTINCT md5(${field.cell}))`,
    min: sql`min(${bytes(field)})`,
    max: sql`max(${bytes(field)})`,
  }));
  const weights = await histogramsOf(
    relation,
    fields.map((field, i) => ({ x: bytes(field), min: Number(figures[i]!.min), max: Number(figures[i]!.max) })),
  );
  const formats = await countBy(relation, fields, ({ cell }) => formatOf(cell));
  const sizes = await sizesOf(relation);
  const found: CategoricalProfile[] = [];
  for (const [i, field] of fields.entries()) {
    const { present, distinct, min, max } = figures[i]!;
    const images: ImageProfile = {
      formats: formats[i]!.map(({ value, rows }) => ({ value: String(value), rows })),
      bytes: weights[i]!,
      sizes,
      sheet: { seed, pictures: await picturesOf(relation, field, label, seed) },
    };
    found.push({
      name: field.name,
      type: field.type,
      rows: relation.rows,
      missing: relation.rows - Number(present),
      distinct: Number(distinct),
      kind: 'categorical',
      top: [],
      spellings: [],
      length: [Number(min), Number(max)],
      blank: 0,
      images,
    });
  }
  return found;
}

/** Width by height in pixels, where the table says them, the most frequent first. */
async function sizesOf(relation: Relation): Promise<ImageProfile['sizes']> {
  const [width, height] = ['width', 'height'].map((name) =>
    relation.fields.find((field) => field.name === name && field.kind === 'numeric'),
  );
  if (!width || !height) return [];
  const size = sql`${width.cell}::BIGINT::VARCHAR || ' × ' || ${height.cell}::BIGINT::VARCHAR`;
  const [counted = []] = await countBy(relation, [size], (one) => one, SIZES);
  return counted.map(({ value, rows }) => ({ value: String(value), rows }));
}

async function picturesOf(
  { database, from, rows, fields }: Relation,
  { cell }: Field,
  label: string | undefined,
  seed: number,
): Promise<Picture[]> {
  const named = fields.find(({ name }) => name === label) ?? fields.find(({ name }) => name === 'label');
  const places = placesOf(rows, SHEET.pictures, seed);
  const drawn = await database.rows<{ image: string; format: string; label: string | null }>(
    sql`SELECT ${cell} AS image, ${formatOf(cell)} AS format, ${named ? sql`${named.cell}::VARCHAR` : sql`NULL`} AS label
        FROM (SELECT *, row_number() OVER () - 1 AS place FROM ${from})
        WHERE place IN (SELECT unnest(${places})::BIGINT) AND length(${cell}) <= ${BigInt(SHEET.one)} ORDER BY place`,
  );
  let weight = 0;
  return drawn.flatMap(({ image, format, label: of }) => {
    weight += image.length;
    return weight > SHEET.all ? [] : [{ source: `data:image/${format};base64,${image}`, label: of }];
  });
}
