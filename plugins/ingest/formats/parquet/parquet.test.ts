import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { file } from '../../index.js';
import { projectForTests, put, readSource, type ReadSource } from '../../read-source.test-part.js';
import { memberTypes } from './types.js';

// Files that pyarrow wrote: plugins/ingest/reference/write-files.py.
const folder = projectForTests();
const NAMES = ['types', 'case', 'struct-case', 'fine', 'bytes', 'nan', 'index', 'part-1', 'part-2', 'part-3-other'];
beforeAll(async () => {
  for (const name of NAMES)
    await put(folder, {
      [`${name}.parquet`]: await readFile(new URL(`../../reference/files/${name}.parquet`, import.meta.url)),
    });
});

const read = (path: string, format?: { type: 'parquet'; bytes?: 'base64' }): Promise<ReadSource> =>
  readSource(file({ path, format }));

test('each type is kept exactly: what no number holds is text with its digits, structs are columns, lists JSON', async () => {
  const { rows, types } = await read('types.parquet');
  expect(types).toEqual({
    i8: 'integer',
    u64: 'integer',
    big: 'text',
    f32: 'number',
    d2: 'number',
    d30: 'text',
    d0: 'integer',
    s: 'text',
    dict: 'text',
    b: 'boolean',
    day: 'date',
    zoned: 'timestamp',
    naive: 'timestamp',
    ns: 'timestamp',
    time: 'text',
    'st.x y': 'integer',
    'st.in.z': 'text',
    list: 'text',
    map: 'text',
  });
  expect(rows[0]).toEqual({
    i8: 1,
    u64: 1,
    big: '9007199254740993',
    f32: 0.5,
    d2: 1.1,
    d30: '12345678901234567890.123456',
    d0: 7,
    s: 'a',
    dict: 'x',
    b: true,
    day: '2024-02-29',
    zoned: '2024-01-01T12:00:00.000Z',
    naive: '2024-01-01T12:00:00.005Z',
    ns: '2024-01-01T12:00:00.005Z',
    time: '01:02:03',
    'st.x y': 1,
    'st.in.z': 'q',
    list: '[1,2]',
    map: '{"k":1}',
  });
  expect(rows[1]).toMatchObject({ u64: Number.MAX_SAFE_INTEGER, s: '', list: '[]', 'st.x y': null });
  expect(rows[2]).toMatchObject({ s: null, list: null, 'st.in.z': null, dict: 'x' });
});

test('columns that are equal but for case are refused, those of a struct too: one of them would be lost', async () => {
  await expect(read('case.parquet')).rejects.toThrow(/the columns "a" and "A"/);
  await expect(read('struct-case.parquet')).rejects.toThrow(/the columns "a" and "A".*s\.A/s);
});

test('times finer than a microsecond and bytes are refused; bytes are base 64 where that is said', async () => {
  await expect(read('fine.parquet')).rejects.toThrow(/column "n".*finer than a microsecond/s);
  await expect(read('bytes.parquet')).rejects.toThrow(/column "n".*bytes/s);
  expect((await read('bytes.parquet', { type: 'parquet', bytes: 'base64' })).rows).toEqual([{ n: 'AP8=' }]);
});

test('NaN and the infinite are values, and not missing', async () => {
  expect((await read('nan.parquet')).rows).toEqual([{ n: 1.5 }, { n: NaN }, { n: Infinity }, { n: null }]);
});

test('the index of a data frame is a column', async () => {
  expect((await read('index.parquet')).rows).toEqual([
    { v: 1.5, __index_level_0__: 'r' },
    { v: 2.5, __index_level_0__: 's' },
  ]);
});

test('several files are one table, columns by name; another type in one of them is refused', async () => {
  const { rows } = await read('part-?.parquet');
  expect(rows).toEqual([
    { n: 1, t: 'x' },
    { n: 2, t: 'y' },
    { n: -3, t: 'z' },
  ]);
  await expect(read('part-*.parquet')).rejects.toThrow(
    /part-3-other\.parquet and part-1\.parquet differ in the column "n"/,
  );
  const schema = { extra: 'drop', columns: { n: { type: 'integer', nullable: false, min: 0 } } };
  await expect(readSource(file({ path: 'part-?.parquet' }), { schema })).rejects.toThrow(
    /part-2\.parquet, line 1, n: "-3"/,
  );
});

test('what is no Parquet file, or a cut one, is refused in words and without a path of this machine', async () => {
  const whole = await readFile(new URL('../../reference/files/types.parquet', import.meta.url));
  await put(folder, { 'none.parquet': 'a,b\n1,2\n', 'cut.parquet': whole.subarray(0, whole.length - 20) });
  for (const name of ['none', 'cut']) {
    const failed = await read(`${name}.parquet`).catch(String);
    expect(failed).toMatch(new RegExp(`${name}\\.parquet is no Parquet file`));
    expect(failed).not.toMatch(/blobs|sha256/);
  }
});

test('the members of a struct are read from the type as the database writes it', () => {
  expect(
    memberTypes('STRUCT(a BIGINT, "b ""c, d" STRUCT(e VARCHAR[], f DECIMAL(9,2)), g ENUM(\'x, y\', \')\'))'),
  ).toEqual([
    { name: 'a', type: 'BIGINT' },
    { name: 'b "c, d', type: 'STRUCT(e VARCHAR[], f DECIMAL(9,2))' },
    { name: 'g', type: "ENUM('x, y', ')')" },
  ]);
});
