import type { ColumnSchema, TableSchema } from '@trainyard/tables/schema';
import type { ColumnFacts } from './facts.js';

/** The TypeScript of a schema, and the schema itself: reading the one gives the other. */
export function schemaText(
  name: string,
  rows: number,
  facts: readonly ColumnFacts[],
): { readonly source: string; readonly schema: TableSchema } {
  const lines = facts.map((one) => `  ${keyOf(one.name)}: ${zodOf(one)},${remark(one)}`);
  const source = [
    `import { z } from 'zod';`,
    '',
    `/** What ${rows} rows were seen to hold. It says what is, not what must be: widen and narrow it as you mean it. */`,
    `export const ${name} = z.object({`,
    ...lines,
    '});',
    '',
  ].join('\n');
  const columns = Object.fromEntries(facts.map((one) => [one.name, schemaOf(one)]));
  return { source, schema: { columns, extra: 'drop' } };
}

function schemaOf(facts: ColumnFacts): ColumnSchema {
  const { type, missing, values, pattern } = facts;
  const nullable = missing > 0;
  if (values) return { type, nullable, values: [...values] };
  if (pattern !== null) return { type, nullable, pattern };
  const limits = limitsOf(facts);
  return { type, nullable, ...(limits && { min: limits[0], max: limits[1] }) };
}

/** Limits that the schema states: of numbers, and of the lengths of texts. */
function limitsOf({ type, min, max, notFinite, lengths }: ColumnFacts): readonly [number, number] | undefined {
  if (type === 'text') return lengths ?? undefined;
  // A column with NaN or infinite cells has no range: NaN lies in none.
  if (notFinite > 0 || typeof min !== 'number' || typeof max !== 'number') return undefined;
  return [min, max];
}

function zodOf(facts: ColumnFacts): string {
  const base = baseOf(facts);
  return facts.missing > 0 ? `${base}.nullable()` : base;
}

function baseOf(facts: ColumnFacts): string {
  const { type, values, pattern } = facts;
  if (type === 'boolean') return 'z.boolean()';
  if (type === 'date') return 'z.iso.date()';
  if (type === 'timestamp') return 'z.iso.datetime()';
  if (values) return `z.enum([${values.map(quoted).join(', ')}])`;
  if (pattern !== null) return `z.string().regex(/${pattern}/)`;
  const limits = limitsOf(facts);
  const said = limits ? `.min(${numeral(limits[0])}).max(${numeral(limits[1])})` : '';
  return `${type === 'text' ? 'z.string()' : type === 'integer' ? 'z.int()' : 'z.number()'}${said}`;
}

function remark({ isIdentifier, notFinite, missing, min, max, type }: ColumnFacts): string {
  const said = [
    ...(isIdentifier ? ['identifiers: text keeps each digit'] : []),
    ...(notFinite > 0 ? [`${notFinite} NaN or infinite`] : []),
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...((type === 'date' || type === 'timestamp') && min !== null ? [`from ${min} to ${max}`] : []),
  ];
  return said.length === 0 ? '' : ` // ${said.join('; ')}`;
}

function numeral(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A text as a literal on one line, in the quotes that Prettier would give it: those that need fewer escapes, else single ones. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
  if (text.split("'").length > text.split('"').length) return json;
  return `'${json
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}
