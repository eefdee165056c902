import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { runNode } from '../../worker/testing/index.js';
import { file } from './index.js';
import { projectForTests, put, readSource, type ReadSource } from './read-source.test-part.js';
import { snapshotNode } from './worker.js';

// What other tests hold: NUL, other encodings, quotes, empty files, names given twice (ingest.test.ts); archives (formats/unpack.test.ts);
// sources that change or connections that drop under way (sources/http, sources/postgres); infinite values (typed/nothing-silent.test.ts).
const folder = projectForTests();
let names = 0;
async function read(content: string | Uint8Array, params: object = {}, format?: object): Promise<ReadSource> {
  const name = `bad-${names++}.csv`;
  await put(folder, { [name]: content });
  return readSource(
    file({ path: name, ...(format && { format: { type: 'csv', ...format } as never }) }),
    params as never,
  );
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const number = z.object({ a: z.number() });

test.each<[string, string | Uint8Array, object, RegExp]>([
  [
    'cut off within a line',
    'a,b,c\n1,2,3\n4,5',
    {},
    /1 row at fault .*row 3.*3 cells.*line 3: 2 cells.*correct these lines/s,
  ],
  ['cut off within quotes', 'a,b\n1,"2\n', {}, /row 2.*line 2: a quote opened on line 2 is never closed/s],
  ['cut off within a character', utf8('a\né\né').subarray(0, -1), {}, /row 3.*encoding/s],
  [
    'of one encoding in part and of another in part',
    Buffer.concat([utf8('a\né\n'), Buffer.from('é\n', 'latin1')]),
    {},
    /row 3.*encoding/s,
  ],
  ['a cut UTF-16 file', Buffer.from('\uFEFFa\nb\n', 'utf16le').subarray(0, -1), {}, /utf-16/],
  [
    'columns that are all missing, declared',
    'a,b\n,1\nNA,2\n',
    { schema: number },
    /2 cells at fault in a.*a value; the schema allows none to be missing.*line 2, a: nothing; line 3, a: nothing/s,
  ],
  [
    'numbers beyond a double, declared',
    'a\n1e308\n-1e400\n',
    { schema: number },
    /row 3, column a.*a finite number.*"-1e400"/s,
  ],
  ['numbers that a double makes zero, declared', 'a\n1\n1e-400\n', { schema: number }, /row 3, column a.*"1e-400"/s],
  [
    'a 29th of February that is none',
    'a\n2000-02-29\n1900-02-29\n',
    { schema: z.object({ a: z.iso.date() }) },
    /row 3, column a.*"1900-02-29"/s,
  ],
  [
    'an hour that does not exist',
    'a\n2024-01-01T24:30:00Z\n',
    { schema: z.object({ a: z.iso.datetime() }) },
    /row 2, column a.*"2024-01-01T24:30:00Z"/s,
  ],
  [
    'names that are one but for white space',
    'a, a\n1,2\n',
    {},
    /two columns of the name "a".*column 1 is "a", column 2 is "a".*rename one of them in line 1/s,
  ],
  ['a name kept for queries', '~ty record\n1\n', {}, /names that start with "~ty ".*rename it in line 1/s],
])('%s: refused with file, line and what to do', async (_name, content, params, message) => {
  await expect(read(content, params)).rejects.toThrow(message);
});

test('names that are SQL, or nearly so, are names; so are texts', async () => {
  const hostile = [`x"; DROP TABLE data; --`, `'; SELECT 1; --`, '*', 'rowid', '1', 'a"b', 'SELECT', '$1', '{a}', '😀'];
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const line = hostile.map(cell).join(',');
  const { rows } = await read(`${line}\n${line}\n`, { where: { [hostile[0]!]: hostile[0] } });
  expect(rows).toEqual([Object.fromEntries(hostile.map((name) => [name, name === '1' ? 1 : name]))]);
});

test('a column without any value is text, and missing', async () => {
  const { rows, types } = await read('a,b\n,1\nNA,2\n');
  expect([types, rows.map(({ a }) => a)]).toEqual([{ a: 'text', b: 'integer' }, [null, null]]);
});

test('a file that grows while it is read is told, as passing', async () => {
  const path = join(folder, 'grows.csv');
  writeFileSync(path, 'a\n'.repeat(2_000_000));
  let growing = true;
  const grow = (): void => {
    if (!growing) return;
    appendFileSync(path, 'a\n');
    setImmediate(grow);
  };
  grow();
  const taken = runNode(snapshotNode, { params: { source: 'grows.csv' } });
  await expect(taken.finally(() => (growing = false))).rejects.toThrow(/grows\.csv changed while it was read/);
});
