import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRows, TABLE_FILE, withDatabase, type TableRow } from '@trainyard/tables';
import type { Source } from '../../../../core/index.js';
import { partsOf } from '../../../../core/provided-parts.js';
import { sourceOnHand } from '../../../../activities/sources/index.js';
import { runNode } from '../../../../worker/testing/index.js';
import { file } from '../../index.js';
import { parseNode, snapshotNode } from '../../worker.js';
import { fileSource } from './kind.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-file-source-'));
  process.env['TRAINYARD_PROJECT'] = folder;
});
afterAll(() => rm(folder, { recursive: true }));

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function read(source: Source): Promise<{ rows: TableRow[]; snapshot: string; table: string }> {
  const parts = [fileSource];
  await using taken = await runNode(snapshotNode, { params: { source }, parts });
  await using parsed = await runNode(parseNode, {
    params: { of: source },
    inputs: { source: taken.output },
    store: taken.store,
    parts,
  });
  const path = await parsed.output.path(TABLE_FILE);
  const rows = await withDatabase({}, (database) => readRows(database, path));
  return { rows, snapshot: taken.output.ref.digest, table: parsed.output.ref.digest };
}

const data = (rows: readonly TableRow[]): TableRow[] => rows.map(({ _row, ...rest }) => rest);

test('files of a pattern are one table whose types are decided over all of them', async () => {
  await put({
    'many/a.csv': 'n,t\n1,x\n2,y\n',
    'many/b.csv': 't,n\nz,2.5\n',
    'many/.c.csv': 'n,t\nbad,\n',
    'many/d.txt': '',
  });
  const { rows } = await read(file({ path: 'many/*.csv' }));
  expect(data(rows)).toEqual([
    { n: 1, t: 'x' },
    { n: 2, t: 'y' },
    { n: 2.5, t: 'z' },
  ]);
});

test('the same files give the same digests, in whatever order they were written', async () => {
  const files = { 'b.csv': 'n\n2\n', 'a.csv': 'n\n1\n', 'c.csv': 'n\n3\n' };
  const digests = [];
  for (const names of [Object.keys(files), Object.keys(files).toReversed()]) {
    await rm(join(folder, 'order'), { recursive: true, force: true });
    for (const name of names) await put({ [`order/${name}`]: files[name as keyof typeof files] });
    const { snapshot, table } = await read(file({ path: 'order' }));
    digests.push([snapshot, table]);
  }
  expect(digests[0]).toEqual(digests[1]);
});

test('files of other columns are refused, and the file, its columns and the line at fault are named', async () => {
  await put({ 'odd/a.csv': 'n,t\n1,x\n', 'odd/b.csv': 'n,u\n1,x\n' });
  await expect(read(file({ path: 'odd/*.csv' }))).rejects.toThrow(/odd\/b\.csv has other columns than odd\/a\.csv/);
  await put({ 'keys/a.csv': 'k\n1\n2\n', 'keys/b.csv': 'k\n3\n1\n' });
  const source = file({ path: 'keys/*.csv' });
  await using taken = await runNode(snapshotNode, { params: { source }, parts: [fileSource] });
  const params = { of: source, key: ['k'] };
  await expect(
    runNode(parseNode, { params, inputs: { source: taken.output }, store: taken.store, parts: [fileSource] }),
  ).rejects.toThrow(/keys\/a\.csv, line 2.*keys\/b\.csv, line 3/s);
});

test('what is not there, an empty pattern, and a kind that nobody brings are refused in words', async () => {
  await put({ 'near/birds.csv': 'n\n1\n' });
  await expect(read(file({ path: 'near/bird.csv' }))).rejects.toThrow(/did you mean "birds\.csv"/);
  await expect(read(file({ path: 'near/*.tsv' }))).rejects.toThrow(/no file matches the source near\/\*\.tsv/);
  await expect(sourceOnHand({ kind: 'fiel', options: {} }, partsOf([fileSource]))).rejects.toThrow(
    /no plugin here reads sources of the kind "fiel"; did you mean "file"\?/,
  );
  expect(() => file({ path: '' })).toThrow(/the source kind "file" cannot take these options: path/);
  expect(() => file({ path: 'x', pth: 'y' } as never)).toThrow(/pth/);
});
