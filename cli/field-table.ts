import type { SchemaField } from './schema-fields.js';
import { table } from './terminal.js';

/** Longest cell that a column is made wide for; a longer one is not cut, it pushes the rest of its row. */
const WIDEST = 36;

/** Fields as a table, those within a field below it, as deep as they go and nothing cut. What is `given` has no defaults. */
export function fieldTable(heading: string, fields: readonly SchemaField[], of: 'asked' | 'given' = 'asked'): string {
  const rows = rowsOf(fields, 1).map(([name = '', type = '', need = '', said = '']) =>
    of === 'asked' ? [name, type, need, said] : [name, type, said],
  );
  const header = [`  ${heading}`, 'type', ...(of === 'asked' ? ['default'] : []), ''];
  return table(header, rows, { whole: true, most: WIDEST });
}

function rowsOf(fields: readonly SchemaField[], depth: number): string[][] {
  const row = (at: number, name: string, ...cells: string[]): string[] => ['  '.repeat(at) + name, ...cells];
  return fields.flatMap(({ name, type, required, byDefault = 'optional', description = '', forms }) => [
    row(depth, name, type, required ? 'required' : byDefault, description),
    ...forms.flatMap((form) =>
      form.name === undefined
        ? rowsOf(form.fields, depth + 1)
        : [row(depth + 1, form.name, '', '', form.description ?? ''), ...rowsOf(form.fields, depth + 2)],
    ),
  ]);
}
