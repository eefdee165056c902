import { expect, test } from 'vitest';
import { z } from 'zod';
import { tableSchema, tableSchemaParam } from './schema.js';

test('a zod object becomes plain JSON that says type, missing, range, values and pattern', () => {
  const schema = z.object({
    species: z.enum(['Adelie', 'Gentoo']),
    mass: z.number().min(1).max(9000).nullable(),
    year: z.int().min(2007),
    code: z
      .string()
      .regex(/^N\d+$/)
      .max(5),
    note: z.string().optional(),
    wild: z.boolean(),
    seen: z.iso.date(),
    at: z.iso.datetime().nullish(),
    when: z.date(),
    one: z.literal('x').nullable(),
    above: z.number().gt(0),
    below: z.int().lt(10),
  });
  expect(tableSchema(schema)).toEqual({
    extra: 'drop',
    columns: {
      species: { type: 'text', nullable: false, values: ['Adelie', 'Gentoo'] },
      mass: { type: 'number', nullable: true, min: 1, max: 9000 },
      year: { type: 'integer', nullable: false, min: 2007 },
      code: { type: 'text', nullable: false, max: 5, pattern: '^N\\d+$' },
      note: { type: 'text', nullable: true },
      wild: { type: 'boolean', nullable: false },
      seen: { type: 'date', nullable: false },
      at: { type: 'timestamp', nullable: true },
      when: { type: 'timestamp', nullable: false },
      one: { type: 'text', nullable: true, values: ['x'] },
      above: { type: 'number', nullable: false, min: Number.MIN_VALUE },
      below: { type: 'integer', nullable: false, max: 9 },
    },
  });
});

test('what a schema does with columns that it does not name follows zod', () => {
  expect(tableSchema(z.object({ a: z.string() })).extra).toBe('drop');
  expect(tableSchema(z.strictObject({ a: z.string() })).extra).toBe('refuse');
  expect(tableSchema(z.looseObject({ a: z.string() })).extra).toBe('keep');
});

test('a parameter takes a zod object, or the JSON form, and its own output again', () => {
  const once = tableSchemaParam.parse(z.object({ a: z.number().nullable() }));
  expect(tableSchemaParam.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  expect(tableSchemaParam.safeParse({ columns: { a: { type: 'list' } } }).success).toBe(false);
});

test('a column that no table can hold is named', () => {
  expect(() => tableSchema(z.object({ tags: z.array(z.string()) }))).toThrow(/schema's column "tags".*cannot hold/);
});
