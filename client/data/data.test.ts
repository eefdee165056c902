import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { profileOf, type DriftCell } from '@trainyard/drift';
import { dataColumns, id, readRows, sql, TABLE_FILE, withDatabase, type TableRow } from '@trainyard/tables';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { Ref } from '../../core/kinds.js';
import type { AnyContract } from '../../core/node.js';
import { parse } from '../../plugins/ingest/contract.js';
import { parseNode, snapshotNode } from '../../plugins/ingest/worker.js';
import { Artifacts, FileStore, writeNodeRecord } from '../../store/index.js';
import { runNode } from '../../worker/testing/index.js';
import { diffVersions, type DataDiff } from './diff.js';
import { openVersion } from './open-versions.js';
import { profileTable } from './profile.js';
import { findVersion, listVersions, versionsNamed, type DataVersion } from './versions.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-versions-'));
const store = new FileStore(path.join(folder, 'store'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const known = new Map<string, AnyContract>([[parse.spec.name, parse]]);

let runs = 0;
/** Reads a text as a data set, in a run of its own, and puts the reading on the record as a worker does. */
async function read(dataset: string, text: string, key: readonly string[] = []): Promise<void> {
  const file = path.join(folder, dataset);
  writeFileSync(file, text);
  const before = process.env['TRAINYARD_PROJECT'];
  process.env['TRAINYARD_PROJECT'] = folder;
  try {
    const taken = await runNode(snapshotNode, { params: { source: dataset }, store });
    const params = { key: [...key] };
    const parsed = await runNode(parseNode, { params, inputs: { source: taken.output }, store });
    runs++;
    const { kind, digest, size } = taken.output.ref;
    const table: Ref = parsed.output.ref;
    await writeNodeRecord(store, {
      format: 1,
      run: `run-${runs}`,
      lineage: `run-${runs}`,
      pipeline: 'p',
      scope: '',
      node: 'ingest.parse',
      version: '1',
      code: 'c',
      key: digestText(`key ${runs}`),
      params,
      inputs: { source: { kind, digest, size } },
      outputs: { out: { kind: table.kind, digest: table.digest, size: table.size } },
      threads: 1,
      worker: 'w',
      device: 'cpu',
      pid: 1,
      attempt: 1,
      startedAt: `2026-01-0${runs}T00:00:00.000Z`,
      endedAt: `2026-01-0${runs}T00:00:01.000Z`,
      libraries: {},
    });
  } finally {
    if (before === undefined) delete process.env['TRAINYARD_PROJECT'];
    else process.env['TRAINYARD_PROJECT'] = before;
  }
}

async function diff(a: DataVersion, b: DataVersion, key: readonly string[] = []): Promise<DataDiff> {
  return withDatabase({ scratch: folder }, async (database) =>
    diffVersions(database, await openVersion(database, store, a, 'a'), await openVersion(database, store, b, 'b'), key),
  );
}

describe('the versions of data sets', () => {
  let birds: readonly DataVersion[];
  beforeAll(async () => {
    await read('birds.csv', 'ring,mass\na,1\nb,2\nc,\n', ['ring']);
    await read('birds.csv', 'ring,mass,site\na,1,x\nb,3,x\nd,4,y\n', ['ring']);
    await read('birds.csv', 'ring,mass\na,1\nb,2\nc,\n', ['ring']);
    await read('other.csv', 'x\n1\n');
    await read('birds.csv', 'ring,mass\na,1\nb,2\nc,5\n');
    birds = versionsNamed(await listVersions(store, known), 'birds.csv');
  });

  it('are what reading a named source gave: equal contents are one version, with all its runs', async () => {
    const all = await listVersions(store, known);
    expect([...all.keys()]).toEqual(['birds.csv', 'other.csv']);
    expect(birds.map(({ number, rows, runs: by, key }) => ({ number, rows, by, key }))).toEqual([
      { number: 1, rows: 3, by: ['run-1', 'run-3'], key: ['ring'] },
      { number: 2, rows: 3, by: ['run-2'], key: ['ring'] },
      { number: 3, rows: 3, by: ['run-5'], key: [] },
    ]);
  });

  it('are named by number, by the first signs of their digest, and by how far they are from the latest', () => {
    expect(findVersion(birds, 'latest').number).toBe(3);
    expect(findVersion(birds, 'latest~2').number).toBe(1);
    expect(findVersion(birds, '2').number).toBe(2);
    expect(findVersion(birds, birds[1]!.name.slice(0, 5)).number).toBe(2);
    for (const wrong of ['latest~3', '4', 'zzzz', '']) expect(() => findVersion(birds, wrong)).toThrow('no version');
    expect(() => versionsNamed(new Map([['birds.csv', birds]]), 'brids.csv')).toThrow('birds.csv');
  });

  it('differ by rows and cells, by the identity of rows, and by columns', async () => {
    const found = await diff(birds[0]!, birds[1]!);
    expect(found.rows).toEqual({ before: 3, after: 3, added: 1, removed: 1, changed: 1, same: 1 });
    expect(found.columns).toEqual({ added: [{ name: 'site', type: 'text' }], removed: [], retyped: [] });
    expect(found.cells).toEqual([{ column: 'mass', changed: 1 }]);
    expect(found.examples.changed).toEqual([{ key: 'b', column: 'mass', before: '2', after: '3' }]);
    expect(found.examples.added.map(({ key, row }) => [key, JSON.parse(row)])).toEqual([
      ['d', { ring: 'd', mass: 4, site: 'y' }],
    ]);
    expect(found.examples.removed.map(({ key }) => key)).toEqual(['c']);
  });

  it('differ by columns that a person names, and say so where identities do not compare', async () => {
    const byIdentity = await diff(birds[0]!, birds[2]!);
    expect(byIdentity.rows).toMatchObject({ added: 3, removed: 3, changed: 0 });
    expect(byIdentity.notes.join()).toContain('--key');
    const byRing = await diff(birds[0]!, birds[2]!, ['ring']);
    expect(byRing.rows).toMatchObject({ added: 0, removed: 0, changed: 1, same: 2 });
    expect(byRing.examples.changed).toEqual([{ key: 'c', column: 'mass', before: null, after: '5' }]);
    await expect(diff(birds[0]!, birds[1]!, ['mass'])).rejects.toThrow('does not identify the rows');
    await expect(diff(birds[1]!, birds[0]!, ['site'])).rejects.toThrow('site');
  });

  it('have the rows that a plain comparison finds, whatever the rows', async () => {
    const version = fc.uniqueArray(
      fc.record({
        k: fc.integer({ min: 0, max: 12 }).map((n) => `k ${n}`),
        v: fc.option(fc.constantFrom(1, 2, NaN, Infinity, -0.5)),
      }),
      { selector: ({ k }) => k, maxLength: 12 },
    );
    await withDatabase({}, async (database) => {
      for (const [one, other] of fc.sample(fc.tuple(version, version), { seed: 3, numRuns: 8 })) {
        const open = async (name: string, rows: TableRow[]) => {
          const columns = [
            { name: '_row', type: 'text' as const },
            { name: 'v', type: 'number' as const },
          ];
          await database.insert(
            name,
            columns,
            rows.map(({ k, v }) => ({ _row: k!, v: v! })),
          );
          return { from: id(name), columns, version: { ...birds[0]!, name } };
        };
        const found = await diffVersions(database, await open('a', one), await open('b', other));
        const before = new Map(one.map(({ k, v }) => [k, v]));
        const after = new Map(other.map(({ k, v }) => [k, v]));
        const shared = [...before.keys()].filter((k) => after.has(k));
        const changed = shared.filter((k) => !Object.is(before.get(k), after.get(k))).length;
        expect(found.rows).toEqual({
          before: before.size,
          after: after.size,
          added: after.size - shared.length,
          removed: before.size - shared.length,
          changed,
          same: shared.length - changed,
        });
      }
    });
  });

  it('have the profile that drift is measured by, the same as from rows in memory', async () => {
    const count = 25_000;
    await withDatabase({ scratch: folder, threads: 2 }, async (database) => {
      await database.run(
        sql`CREATE TABLE t AS SELECT 'r' || i AS _row, CASE WHEN i % 7 = 0 THEN NULL ELSE ((i * 7919) % 10007) / 3::DOUBLE END AS x,
            CASE WHEN i % 3 = 0 THEN 'constructor' WHEN i % 3 = 1 THEN 'é' END AS c, i % 2 = 0 AS b FROM range(${BigInt(count)}) r(i)`,
      );
      const columns = await database.columns(sql`FROM t`);
      const rows = await database.rows<Record<string, DriftCell>>(sql`FROM t`);
      const plain = profileOf(
        rows,
        dataColumns(columns).map(({ name, type }) => ({ name, type: type === 'number' ? 'number' : 'text' })),
      );
      const { profile, leftOut } = await profileTable(database, id('t'), columns);
      expect(profile).toEqual(plain);
      expect(leftOut).toEqual([]);
    });
  });

  it('are there as files, byte for byte', async () => {
    const artifact = await new Artifacts(store).open({ ...birds[1]!.table, kind: 'table' });
    const file = await artifact.path(TABLE_FILE);
    const rows = await withDatabase({}, (database) => readRows(database, file));
    expect(rows.map(({ ring, mass }) => [ring, mass])).toEqual([
      ['a', 1],
      ['b', 3],
      ['d', 4],
    ]);
  });
});
