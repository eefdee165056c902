import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackZip } from './zip.js';

let folder = '';
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-zip-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function archiveOf(bytes: Uint8Array): { archive: string; target: string } {
  const archive = join(folder, `${++count}.zip`);
  writeFileSync(archive, bytes);
  return { archive, target: join(folder, `out-${count}`) };
}

function filesUnder(target: string): Map<string, Buffer> {
  // Without types: with them, Node 20.3 leaves entries out.
  const paths = readdirSync(target, { recursive: true }).map((name) => join(target, String(name)));
  return new Map(
    paths.filter((path) => statSync(path).isFile()).map((path) => [relative(target, path), readFileSync(path)]),
  );
}

test('whatever another program packed comes out the same, packed or stored, large and small', async () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}\.x$/);
  const content = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(3_000_000).fill(7)));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, content, { minKeys: 1, maxKeys: 6 }),
      fc.integer({ min: 0, max: 9 }),
      async (files, level) => {
        const { archive, target } = archiveOf(zipSync(files, { level: level as 0 }));
        expect(await unpackZip(archive, target, (inside) => inside)).toBe(Object.keys(files).length);
        const found = filesUnder(target);
        expect([...found.keys()].sort()).toEqual(Object.keys(files).sort());
        for (const [path, bytes] of Object.entries(files)) expect(found.get(path)?.equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 15, seed: 7 },
  );
});

test('only what was chosen is written, where it was chosen to go, with the mode', async () => {
  const { archive, target } = archiveOf(zipSync({ 'a/tool': strToU8('x'), 'a/other': strToU8('y') }));
  await unpackZip(archive, target, (name) => (name === 'a/tool' ? 'tool' : undefined), 0o755);
  expect([...filesUnder(target).keys()]).toEqual(['tool']);
});

test.each([
  ['../out', 'invalid relative path'],
  ['a/../../out', 'invalid relative path'],
  ['/etc/out', 'absolute path'],
  ['C:/out', 'absolute path'],
  ['a\\..\\out', 'invalid characters in fileName'],
  ['a\0b', 'null bytes'],
])('an entry named %s is refused, and nothing is written', async (name, reason) => {
  const { archive, target } = archiveOf(zipSync({ [name]: strToU8('x') }));
  await expect(unpackZip(archive, target, (inside) => inside)).rejects.toMatchObject({
    code: 'TY-DOWNLOAD',
    what: expect.stringContaining(reason) as string,
  });
  expect(existsSync(target) ? [...filesUnder(target).keys()] : []).toEqual([]);
});

test('an archive cut off anywhere is refused, and never half a file taken for a whole one', async () => {
  const whole = zipSync({ 'a.x': new Uint8Array(5000).map((_, i) => (i * 31) % 251) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      const { archive, target } = archiveOf(whole.slice(0, length));
      await expect(unpackZip(archive, target, (inside) => inside)).rejects.toMatchObject({ code: 'TY-DOWNLOAD' });
    }),
    { numRuns: 25, seed: 7 },
  );
});

/** The entry's size as its directory tells it, in the place of the true one. */
function sayingSize(zip: Uint8Array, size: number): Uint8Array {
  const bytes = Buffer.from(zip);
  bytes.writeUInt32LE(size, bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
  return bytes;
}

test('an entry that unpacks to more than it says is given up at what it says, not when the disk is full', async () => {
  const { archive, target } = archiveOf(sayingSize(zipSync({ bomb: new Uint8Array(20_000_000) }, { level: 1 }), 1_000));
  await expect(unpackZip(archive, target, (inside) => inside)).rejects.toMatchObject({
    code: 'TY-DOWNLOAD',
    what: expect.stringMatching(/too many bytes/) as string,
  });
  expect(statSync(join(target, 'bomb')).size).toBeLessThan(1_000_000);
});

test('a link in an archive is written as a file, so that nothing is written through it', async () => {
  const link = {
    'a/link': [strToU8('/etc'), { os: 3, attrs: 0o120777 << 16 }] as const,
    'a/link/passwd': strToU8('x'),
  };
  const { archive, target } = archiveOf(zipSync(link as unknown as Zippable));
  await expect(unpackZip(archive, target, (inside) => inside)).rejects.toMatchObject({ code: 'TY-DOWNLOAD' });
  expect(lstatSync(join(target, 'a', 'link')).isFile()).toBe(true);
});

test('an archive that is not there is told as the file system tells it', async () => {
  const archive = join(folder, 'nothing.zip');
  await expect(unpackZip(archive, folder, (inside) => inside)).rejects.toMatchObject({ code: 'ENOENT', path: archive });
});
