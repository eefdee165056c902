import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutUnloadedTail, pruneTensorflow } from './tensorflow-prune.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-prune-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A library of two segments, the last of which ends at byte 300, and tables for debuggers up to byte 500. */
function library(): Buffer {
  const bytes = Buffer.alloc(500, 7);
  bytes.write('7f454c460201', 0, 'hex');
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeBigUInt64LE(400n, 40);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  for (const [index, [from, length]] of [[0n, 200n] as const, [200n, 100n] as const].entries()) {
    bytes.writeBigUInt64LE(from, 64 + index * 56 + 8);
    bytes.writeBigUInt64LE(length, 64 + index * 56 + 32);
  }
  return bytes;
}

test('a library loses what follows its last segment, and no byte that is loaded', () => {
  const file = join(folder, 'lib.so');
  writeFileSync(file, library());
  cutUnloadedTail(file);
  const cut = readFileSync(file);
  expect(cut.length).toBe(300);
  expect(cut.subarray(64)).toEqual(library().subarray(64, 300));
  expect([cut.readBigUInt64LE(40), cut.readUInt16LE(60), cut.readUInt16LE(62)]).toEqual([0n, 0, 0]);
  cutUnloadedTail(file);
  expect(readFileSync(file)).toEqual(cut);
});

test('a library of another format stays as it is', () => {
  const file = join(folder, 'lib.dylib');
  const bytes = library().fill(0xcf, 0, 1);
  writeFileSync(file, bytes);
  cutUnloadedTail(file);
  expect(readFileSync(file)).toEqual(bytes);
});

test('an installation of the layout before is pruned in place, once, and keeps what is loaded', () => {
  const home = join(folder, 'tfjs-node');
  const put = (name: string, text: string | Buffer): string => {
    const file = join(home, 'node_modules', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const binding = join(home, 'node_modules', '@tensorflow', 'tfjs-node');
  const stays = [
    put('@tensorflow/tfjs/package.json', '{"main":"dist/tf.node.js"}'),
    put('@tensorflow/tfjs/LICENSE', 'x'),
    put('@tensorflow/tfjs/dist/tf.node.js', 'x'),
    put('@tensorflow/tfjs-node/package.json', '{"main":"dist/index.js"}'),
    put('@tensorflow/tfjs-node/dist/index.js', 'x'),
    put('@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node', 'x'),
    put('long/index.js', 'x'),
    put('@tensorflow/tfjs/node_modules/long/src/long.js', 'x'),
  ];
  const goes = [
    put('@tensorflow/tfjs/dist/tf.min.js', 'x'),
    put('@tensorflow/tfjs/dist/tf.node.js.map', 'x'),
    put('@tensorflow/tfjs-node/dist/index.d.ts', 'x'),
    put('core-js/index.js', 'x'),
  ];
  const cut = put('@tensorflow/tfjs-node/deps/lib/libtensorflow_cc.so.2', library());
  writeFileSync(join(home, 'ready.json'), '{"tensorflowVersion":"2.21.0"}');
  pruneTensorflow(home, binding);
  const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;
  expect(stays.filter((file) => !isThere(file))).toEqual([]);
  expect(goes.filter(isThere)).toEqual([]);
  expect(statSync(cut).size).toBe(300);
  expect(JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8'))).toEqual({
    tensorflowVersion: '2.21.0',
    pruned: true,
  });
  const again = put('@tensorflow/tfjs/dist/tf.min.js', 'x');
  pruneTensorflow(home, binding);
  expect(isThere(again)).toBe(true);
});
