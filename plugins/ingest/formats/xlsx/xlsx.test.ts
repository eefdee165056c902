import { readFile } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { file } from '../../index.js';
import { projectForTests, put, readSource, type ReadSource } from '../../read-source.test-part.js';
import { isDateFormat, sayDate } from './dates.js';

// Files that openpyxl wrote: plugins/ingest/reference/write-files.py.
const folder = projectForTests();
const NAMES = ['cells', 'two-sheets', 'merged', 'from-1904', 'no-name'];
beforeAll(async () => {
  for (const name of NAMES)
    await put(folder, {
      [`${name}.xlsx`]: await readFile(new URL(`../../reference/files/${name}.xlsx`, import.meta.url)),
    });
});

const read = (path: string, format: object = {}): Promise<ReadSource> =>
  readSource(file({ path, format: { type: 'xlsx', ...format } }));

test('cells are what the sheet shows: dates by their style, text that looks like numbers as text', async () => {
  const { rows, types } = await read('cells.xlsx');
  expect(types).toEqual({
    id: 'integer',
    when: 'date',
    at: 'timestamp',
    clock: 'text',
    amount: 'number',
    code: 'text',
    flag: 'boolean',
    note: 'text',
    mixed: 'integer',
  });
  expect(rows).toEqual([
    {
      id: 1,
      when: '2024-02-29',
      at: '2024-02-29T12:30:01.000Z',
      clock: '06:30:00',
      amount: 0.1,
      code: '007',
      flag: true,
      note: 'a "b"\nc',
      mixed: 5,
    },
    {
      id: 2,
      when: '1900-01-02',
      at: null,
      clock: null,
      amount: 1e21,
      code: '1e3',
      flag: false,
      note: ' x ',
      mixed: null,
    },
    {
      id: 3,
      when: '1999-12-31',
      at: '2024-03-01T00:00:00.000Z',
      clock: null,
      amount: -0.25,
      code: '42',
      flag: null,
      note: 'ä😀',
      mixed: 7,
    },
  ]);
});

test('the sheet is asked for where there are several, and the nearest is offered', async () => {
  await expect(read('two-sheets.xlsx')).rejects.toThrow(/2 sheets, and none is said.*"First & last", "Other"/s);
  await expect(read('two-sheets.xlsx', { sheet: 'Othr' })).rejects.toThrow(/did you mean "Other"\?/);
  expect((await read('two-sheets.xlsx', { sheet: 'First & last' })).rows).toHaveLength(3);
});

test('merged cells are refused, or their first counts; a cell without a name above it is named', async () => {
  await expect(read('merged.xlsx')).rejects.toThrow(/merged cells.*A2:A3/s);
  expect((await read('merged.xlsx', { merged: 'first' })).rows).toEqual([
    { g: 'x', n: 1 },
    { g: null, n: 2 },
  ]);
  await expect(read('no-name.xlsx')).rejects.toThrow(/the cell B2 of no-name\.xlsx cannot be read/);
});

test('days are counted from 1904 on where the workbook says so', async () => {
  expect((await read('from-1904.xlsx')).rows).toEqual([{ when: '2024-02-29' }]);
  expect([sayDate(59, 'date', false), sayDate(60, 'date', false), sayDate(61, 'date', false)]).toEqual([
    '1900-02-28',
    undefined,
    '1900-03-01',
  ]);
});

test('a format is a date by its first part, without its texts, colours and spans of time', () => {
  for (const code of ['yyyy-mm-dd', 'd. mmmm', '[$-407]dd.mm.yy;@', 'm/d/yy h:mm', 'mmm'])
    expect(isDateFormat(164, code), code).toBe('date');
  for (const code of ['h:mm:ss', 'mm:ss', 'h:mm AM/PM']) expect(isDateFormat(164, code), code).toBe('time of day');
  for (const code of ['0.00', 'General', '"day" 0', '[h]:mm', '#,##0\\d', '[Red]0', '0_d'])
    expect(isDateFormat(164, code), code).toBeUndefined();
});

test('what is no spreadsheet, a damaged one and one that unpacks without end are refused', async () => {
  const parts = (sheet: Uint8Array): Record<string, Uint8Array> => ({
    'xl/workbook.xml': strToU8('<workbook xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></workbook>'),
    'xl/_rels/workbook.xml.rels': strToU8(
      '<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>',
    ),
    'xl/worksheets/s.xml': sheet,
  });
  await put(folder, {
    'text.xlsx': 'a,b\n',
    'broken.xlsx': zipSync(parts(strToU8('<worksheet><sheetData><row><c><v>1</row>'))),
    'bomb.xlsx': zipSync(parts(new Uint8Array(66_000_000)), { level: 6 }),
    'entity.xlsx': zipSync(
      parts(
        strToU8(
          '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData><row r="1"><c t="str"><v>&a;</v></c></row></sheetData></worksheet>',
        ),
      ),
    ),
  });
  await expect(read('text.xlsx')).rejects.toThrow(/text\.xlsx is no \.xlsx file/);
  await expect(read('broken.xlsx')).rejects.toThrow(/broken\.xlsx is no \.xlsx file/);
  await expect(read('bomb.xlsx')).rejects.toThrow(/unpacks to more than a spreadsheet holds/);
  await expect(read('entity.xlsx')).rejects.toThrow(/entity/);
});
