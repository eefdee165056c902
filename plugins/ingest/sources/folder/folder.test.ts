import { mkdtempSync } from 'node:fs';
import { readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../../../core/index.js';
import { sourceCases } from '../../../../worker/testing/index.js';
import { images, texts } from '../../index.js';
import { projectForTests, put, readSource, type ReadSource } from '../../read-source.test-part.js';
import { imageFacts } from './image-facts.js';
import { imagesSource, textsSource } from './kinds.js';
import { readPacked } from './packs.js';

const folder = projectForTests();
const parts = [imagesSource, textsSource];
const read = (source: Source, params?: Record<string, unknown>): Promise<ReadSource> =>
  readSource(source, params, parts);

/** The head of a PNG of a size, and some bytes. */
function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(24);
  head.write('\x89PNG\r\n\x1A\n', 'latin1');
  head.writeUInt32BE(13, 8);
  head.write('IHDR', 12);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return Buffer.concat([head, deflateSync(Buffer.alloc(width * height))]);
}

describe('a folder of images', () => {
  test('has a row for each image, with its label by folder, its size and its bytes', async () => {
    const [cat, dog] = [png(3, 2), png(10, 20)];
    await put(folder, {
      'pets/cat/a.png': cat,
      'pets/dog/deep/b.PNG': dog,
      'pets/c.png': cat,
      'pets/notes.txt': '',
      'pets/.d.png': '',
    });
    const { rows, types, log } = await read(images({ path: 'pets' }));
    expect(rows).toEqual([
      { file: 'c.png', label: null, width: 3, height: 2, format: 'png', image: cat.toString('base64') },
      { file: 'cat/a.png', label: 'cat', width: 3, height: 2, format: 'png', image: cat.toString('base64') },
      { file: 'dog/deep/b.PNG', label: 'dog', width: 10, height: 20, format: 'png', image: dog.toString('base64') },
    ]);
    expect(types).toEqual({
      file: 'text',
      label: 'text',
      width: 'integer',
      height: 'integer',
      format: 'text',
      image: 'text',
    });
    expect(log).toContain('3 files, of which 3 were read, and 1 others left out');
  });

  test('is refused where a file is no image, nothing is there, or the folder is none', async () => {
    await put(folder, { 'bad/a.png': 'no image', 'none/a.txt': 'x' });
    await expect(read(images({ path: 'bad' }))).rejects.toThrow(/bad\/a\.png cannot be read.*an image/s);
    await expect(read(images({ path: 'none' }))).rejects.toThrow(/no file whose name ends in \.png.*1 other files/s);
    await expect(read(images({ path: 'pet' }))).rejects.toThrow(/did you mean "pets"/);
    await expect(read(images({ path: 'none/a.txt' }))).rejects.toThrow(/is not a folder/);
  });

  test('the heads of images that another program wrote are read', async () => {
    for (const format of ['png', 'jpeg', 'gif', 'webp', 'bmp'] as const) {
      const bytes = await readFile(new URL(`../../reference/files/image.${format}`, import.meta.url));
      expect(imageFacts(bytes)).toEqual({ format, width: 37, height: 21 });
      expect(imageFacts(bytes.subarray(0, 9))).toBeUndefined();
    }
    expect(imageFacts(await readFile(new URL('../../reference/files/lossless.webp', import.meta.url)))).toEqual({
      ...{ format: 'webp', width: 37, height: 21 },
    });
  });
});

describe('a folder of texts', () => {
  test('names and texts of any kind come back as they are', async () => {
    const names = [
      'a/it\'s "so".txt',
      'a/new\nline.txt',
      'a/back\\slash.txt',
      'a/<b>&amp;.txt',
      'a/ä😀.txt',
      'a/,;.txt',
      "a/'; DROP TABLE x; --.txt",
    ];
    await put(folder, Object.fromEntries(names.map((name, i) => [`odd/${name}`, `text ${i}\r\n"q",\n`])));
    const { rows } = await read(texts({ path: 'odd', labels: 'none' }));
    expect(Object.fromEntries(rows.map(({ file, text }) => [file, text]))).toEqual(
      Object.fromEntries(names.map((name, i) => [name, `text ${i}\r\n"q",\n`])),
    );
  });

  test('a text in another encoding, with NUL, or under a name that is no text is refused', async () => {
    await put(folder, { 'latin/a.txt': Buffer.from([0xe4]), 'nul/a.txt': 'a\0b' });
    await expect(read(texts({ path: 'latin' }))).rejects.toThrow(/latin\/a\.txt cannot be read/);
    expect((await read(texts({ path: 'latin', encoding: 'windows-1252' }))).rows).toEqual([
      { file: 'a.txt', label: null, text: 'ä' },
    ]);
    await expect(read(texts({ path: 'nul' }))).rejects.toThrow(/nul\/a\.txt cannot be read/);
    await put(folder, { 'bytes/a.txt': 'x' });
    await writeFile(
      Buffer.concat([Buffer.from(`${folder}/bytes/`), Buffer.from([0xff, 0xfe]), Buffer.from('.txt')]),
      'x',
    );
    await expect(read(texts({ path: 'bytes' }))).rejects.toThrow(/a name that is no text/);
  });

  test('a link to a folder is not followed, so that a circle ends', async () => {
    await put(folder, { 'circle/a/x.txt': 'x' });
    await symlink('..', path.join(folder, 'circle/a/up'));
    expect((await read(texts({ path: 'circle' }))).rows).toHaveLength(1);
  });
});

describe('a second snapshot', () => {
  const count = 1_020;
  const names = Array.from({ length: count }, (_, i) => `many/k${i % 7}/f${i}.txt`);
  const old = new Date(Date.now() - 3_600_000);
  beforeAll(async () => {
    await put(folder, Object.fromEntries(names.map((name, i) => [name, `text ${i}`])));
    for (const name of names) await utimes(path.join(folder, name), old, old);
  });
  const readsOf = ({ log }: ReadSource): string => log.find((line) => line.includes('were read')) ?? '';

  test('reads no unchanged file, one that changed by its content alone, and has the bytes of a first one', async () => {
    expect(readsOf(await read(texts({ path: 'many' })))).toContain(`${count} were read`);
    const second = await read(texts({ path: 'many' }));
    expect(readsOf(second)).toContain('of which 0 were read');
    const [changed = '', gone = '', moved = ''] = names;
    // Of the same length, and back at its time: what tells is that anything of it changed.
    await writeFile(path.join(folder, changed), 'TEXT 0');
    await utimes(path.join(folder, changed), old, old);
    await rm(path.join(folder, gone));
    await rename(path.join(folder, moved), path.join(folder, `${moved}.txt`));
    const third = await read(texts({ path: 'many' }));
    expect(readsOf(third)).toMatch(/of which [23] were read/);
    expect(third.rows).toContainEqual({ file: 'k0/f0.txt', label: 'k0', text: 'TEXT 0' });
    expect(third.rows).toHaveLength(count - 1);
    await rm(path.join(folder, '.trainyard/sources'), { recursive: true });
    const anew = await read(texts({ path: 'many' }));
    expect(readsOf(anew)).toContain(`${count - 1} were read`);
    expect([anew.snapshot, anew.table]).toEqual([third.snapshot, third.table]);
  });
});

describe('as every source kind', () => {
  const project = mkdtempSync(path.join(tmpdir(), 'trainyard-texts-'));
  const old = new Date(Date.now() - 3_600_000);
  const write = async (files: Record<string, string>): Promise<void> => {
    await put(project, files);
    for (const name of Object.keys(files)) await utimes(path.join(project, name), old, old);
  };
  let more = 0;
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`t/${i % 3}/${i}.txt`, `text ${i}`]));
  beforeAll(() => write(many));
  for (const one of sourceCases)
    test(one.name, () =>
      one.run({
        kind: textsSource,
        source: texts({ path: 't' }),
        project,
        wrong: [
          {},
          { path: '' },
          { path: 't', labels: 'file' },
          { path: 't', encoding: 'klingon' },
          { path: 't', more: 1 },
        ],
        change: () => write({ [`t/1/new-${more++}.txt`]: 'new' }),
        rewrite: async () => {
          for (const [name, text] of Object.entries(many).toReversed()) {
            await rm(path.join(project, name));
            await write({ [name]: text });
          }
        },
        compiled: { module: path.resolve('dist/plugins/ingest/parts.js'), exportName: 'textsSource' },
      }),
    );
});

test('packed files are given whole, whatever the pieces in which a pack is read', async () => {
  const sizes = [0, 1, 1_048_576, 0, 3_000_000, 5, 0];
  const bytes = Buffer.concat(sizes.map((size, i) => Buffer.alloc(size, i)));
  await put(folder, { 'pack-00': bytes });
  let offset = 0;
  const files = sizes.map((size, i) => ({
    name: `${i}`,
    size,
    sha256: '',
    pack: 'pack-00',
    offset: (offset += size) - size,
  }));
  const seen = [];
  for await (const { file, bytes: own } of readPacked(files, async () => path.join(folder, 'pack-00')))
    seen.push([file.name, own.length, own.every((byte) => byte === Number(file.name))]);
  expect(seen).toEqual(sizes.map((size, i) => [`${i}`, size, true]));
});
