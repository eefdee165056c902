import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { written } from '@trainyard/tables/schema';
import { rowsOf, tableOf } from '../../../tests/tables/csv-table.js';

interface Value {
  readonly columns: { name: string; type: string }[];
  readonly notes: string[];
}

/** The type that a column of these cells gets, its values, and what is said of it. */
async function column(cells: readonly string[], params: Record<string, unknown> = {}) {
  const table = await tableOf(`x,n\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}\n`, params);
  const { columns, notes } = table.value as unknown as Value;
  return {
    type: columns.find(({ name }) => name === 'x')?.type,
    values: (await rowsOf(table)).map((row) => row['x']),
    notes,
  };
}

const whole = Array.from({ length: 30_000 }, (_, i) => String(i));

describe('a column that no schema declares', () => {
  test.each<[string, string[], string]>([
    ['whole numbers', ['0', '-7', '9007199254740991'], 'integer'],
    ['a leading zero', ['00123', '456'], 'text'],
    ['a leading plus', ['+4366', '1'], 'text'],
    ['nineteen digits', ['1234567890123456789', '1234567890123456790'], 'text'],
    ['twenty digits', ['12345678901234567890'], 'text'],
    ['one beyond what is exact', ['9007199254740992', '1'], 'text'],
    ['digits with underscores', ['1_000', '2'], 'text'],
    ['hexadecimal', ['0x10', '16'], 'text'],
    ['an exponent among identifiers', ['1e5', '2e3', '17'], 'text'],
    ['an exponent beside a point', ['1e5', '0.5'], 'number'],
    ['a negative exponent', ['1e-5', '2'], 'number'],
    ['points', ['0.5', '-.5', '1.25e3'], 'number'],
    ['a number beyond double', ['1.5', '1e400'], 'text'],
    ['a number that a double makes zero', ['1.5', '1e-400'], 'text'],
    ['twenty digits and a fraction', ['0.5', '12345678901234567890.5'], 'text'],
    ['spaces about a number', [' 5', '6'], 'text'],
    ['yes and no', ['yes', 'no'], 'text'],
    ['NO alone', ['NO', 'NO'], 'text'],
    ['F alone', ['F', 'F'], 'text'],
    ['0 and 1', ['0', '1'], 'integer'],
    ['true and false', ['true', 'false'], 'boolean'],
    ['TRUE and FALSE', ['TRUE', 'FALSE'], 'text'],
    ['true among numbers', ['1', 'true'], 'text'],
    ['days', ['2024-02-29', '1999-12-31'], 'date'],
    ['a day that does not exist', ['2024-02-29', '2023-02-29'], 'text'],
    ['days by slashes', ['01/02/2024', '12/31/2024'], 'text'],
    ['years of two digits', ['25/12/24', '24-12-25'], 'text'],
    ['a time of day among days', ['2024-01-01', '2024-01-01 10:30'], 'timestamp'],
    ['zones', ['2024-01-01T10:00:00+02:00', '2024-01-01T10:00:00Z'], 'timestamp'],
    ['a zone beside none', ['2024-01-01T10:00:00+02:00', '2024-01-01T10:00:00'], 'text'],
    ['nanoseconds', ['2024-01-01T10:00:00.123456789'], 'text'],
    ['an hour that no day has', ['2024-01-01 24:00:00'], 'text'],
    ['nothing', ['', 'NA'], 'text'],
  ])('of %s', async (_name, cells, type) => {
    const found = await column(cells);
    expect(found.type).toBe(type);
    if (type === 'text')
      expect(found.values).toEqual(cells.map((cell) => (cell === '' || cell === 'NA' ? null : cell)));
  });

  test('is decided over all rows, not the first', async () => {
    expect(await column([...whole, '1.5'])).toMatchObject({
      type: 'number',
      values: expect.arrayContaining([29999, 1.5]),
    });
    const changed = await column([...whole, 'x']);
    expect(changed.type).toBe('text');
    expect(changed.values.slice(0, 2)).toEqual(['0', '1']);
    expect(changed.notes).toEqual([
      'column "x" is read as text: 30000 of 30001 cells looked at are numbers; the first other one is "x", line 30002; a schema says what it is',
    ]);
    expect((await column([...whole.map(() => ''), '007'])).values.at(-1)).toBe('007');
    expect((await column([...whole.map(() => ''), '7'])).type).toBe('integer');
    expect((await column([...whole.map(() => '1e3'), '0.5'])).type).toBe('number');
  });

  test('shifts times with a zone to UTC, and takes those without one as UTC', async () => {
    expect((await column(['2024-01-01T10:00:00+02:00', '2024-01-01 10:00:00.25Z'])).values).toEqual([
      '2024-01-01T08:00:00.000Z',
      '2024-01-01T10:00:00.250Z',
    ]);
    expect((await column(['2024-01-01', '2024-01-01 10:30'])).values).toEqual([
      '2024-01-01T00:00:00.000Z',
      '2024-01-01T10:30:00.000Z',
    ]);
  });

  test('says what it is nearly of', async () => {
    const days = Array.from({ length: 20 }, () => '2024-02-28');
    expect((await column([...days, '2023-02-29'])).notes[0]).toMatch(
      /20 of 21 cells looked at are dates or times without a zone; the first other one is "2023-02-29", line 22/,
    );
    expect((await column(['1e5', '2e3', '3e4'])).notes[0]).toMatch(/numbers such as 1e5, which may be identifiers/);
    expect((await column(['a', 'b', '1'])).notes).toEqual([]);
  });
});

describe('missing, NaN and infinite are three things', () => {
  test('among numbers', async () => {
    const { type, values } = await column(['1', '', 'NaN', 'inf', '-Infinity', 'NA']);
    expect(type).toBe('number');
    expect(values).toEqual([1, null, NaN, Infinity, -Infinity, null]);
  });

  test('NaN stands for a missing cell where a column holds no numbers, and where the author says so', async () => {
    expect((await column(['x', 'NaN'])).values).toEqual(['x', null]);
    expect((await column(['true', 'NaN'])).values).toEqual([true, null]);
    expect((await column(['NaN', 'NaN'])).values).toEqual([null, null]);
    expect((await column(['1', 'NaN'], { missing: ['NaN'] })).values).toEqual([1, null]);
  });

  test('a declared number is neither NaN nor infinite unless that is said', async () => {
    const plain = z.object({ x: z.number().nullable() });
    await expect(column(['1', 'NaN'], { schema: plain })).rejects.toThrow(/line 3, x: "NaN"/);
    const open = z.object({ x: written(z.number(), { nonFinite: true }) });
    expect((await column(['1', 'NaN', '-inf'], { schema: open })).values).toEqual([1, NaN, -Infinity]);
  });
});

describe('a declared column', () => {
  const read = (schema: z.ZodType, cells: readonly string[]) =>
    column(
      cells.map((cell) => `"${cell}"`),
      { schema: z.object({ x: schema }) },
    ).then(({ values }) => values);

  test.each<[string, z.ZodType, string[], unknown[]]>([
    [
      'decimal commas',
      written(z.number(), { decimal: ',', thousands: '.' }),
      ['1.234,56', '-7', '0,5'],
      [1234.56, -7, 0.5],
    ],
    ['thin spaces', written(z.int(), { thousands: '\u202f' }), ['1\u202f234', '12'], [1234, 12]],
    [
      'days by slashes',
      written(z.iso.date(), { pattern: 'dd/MM/yyyy' }),
      ['01/02/2024', '29/02/2024'],
      ['2024-02-01', '2024-02-29'],
    ],
    [
      'years of two digits',
      written(z.iso.date(), { pattern: 'd.M.yy', pivot: 30 }),
      ['1.2.29', '31.12.30'],
      ['2029-02-01', '1930-12-31'],
    ],
    [
      'names of months',
      written(z.iso.date(), { pattern: 'd MMM yyyy' }),
      ['5 Jan 2024', '17 DEC 1999'],
      ['2024-01-05', '1999-12-17'],
    ],
    [
      'twelve hours',
      written(z.date(), { pattern: 'MM/dd/yyyy hh:mm a' }),
      ['01/02/2024 12:05 AM', '01/02/2024 01:05 pm'],
      ['2024-01-02T00:05:00.000Z', '2024-01-02T13:05:00.000Z'],
    ],
    [
      'a zone',
      written(z.date(), { pattern: 'yyyy-MM-dd HH:mm', zone: 'Europe/Oslo' }),
      ['2024-07-01 12:00'],
      ['2024-07-01T10:00:00.000Z'],
    ],
    [
      'offsets',
      written(z.date(), { pattern: "dd.MM.yyyy'T'HH:mm:ss.SX" }),
      ['01.02.2024T10:00:00.5+02:00'],
      ['2024-02-01T08:00:00.500Z'],
    ],
    [
      'words for true and false',
      written(z.boolean(), { true: ['ja'], false: ['nein'] }),
      ['ja', 'nein'],
      [true, false],
    ],
  ])('may be written by %s', async (_name, schema, cells, values) => {
    expect(await read(schema, cells)).toEqual(values);
  });

  test.each<[string, z.ZodType, string]>([
    ['a number in groups of two', written(z.number(), { decimal: ',', thousands: '.' }), '1.23,5'],
    ['a point where a comma is declared', written(z.number(), { decimal: ',' }), '1.5'],
    ['a day that does not exist', written(z.iso.date(), { pattern: 'dd/MM/yyyy' }), '31/02/2024'],
    ['month and day in the other order', written(z.iso.date(), { pattern: 'dd/MM/yyyy' }), '12/31/2024'],
    [
      'an hour that the clocks leave out',
      written(z.date(), { pattern: 'yyyy-MM-dd HH:mm', zone: 'Europe/Oslo' }),
      '2024-03-31 02:30',
    ],
    [
      'an hour that the clocks show twice',
      written(z.date(), { pattern: 'yyyy-MM-dd HH:mm', zone: 'Europe/Oslo' }),
      '2024-10-27 02:30',
    ],
    ['twenty digits as a number', z.number(), '12345678901234567891'],
    ['a fraction as a whole number', z.int(), '4503599627370495.9'],
    ['nanoseconds', z.date(), '2024-01-01T10:00:00.123456789Z'],
    ['a day with a time as a day', z.iso.date(), '2024-01-01 10:00'],
  ])('refuses %s, with row, column, text and what was expected', async (_name, schema, cell) => {
    await expect(read(schema, [cell])).rejects.toThrow(`line 2, x: "${cell}"`);
  });

  test('cannot be declared so that a text has two meanings', () => {
    expect(() => written(z.iso.date(), { pattern: 'dd/MM/yy' })).toThrow(/which century/);
    expect(() => written(z.number(), { decimal: ',', thousands: ',' })).toThrow(/before the fraction as well/);
    expect(() => written(z.iso.date(), { pattern: 'MM/yyyy' })).toThrow(/year, month and day/);
  });
});
