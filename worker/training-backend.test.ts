import { afterEach, expect, test } from 'vitest';
import { requireBackend } from './training-backend.js';

const cache = process.env['TRAINYARD_CACHE'];
afterEach(() => {
  if (cache === undefined) delete process.env['TRAINYARD_CACHE'];
  else process.env['TRAINYARD_CACHE'] = cache;
});

const task = (backend?: string) => ({ node: 'train.net', keyed: { seed: 0, ...(backend ? { backend } : {}) } });

test('what was keyed with another backend was computed on the one at hand: it is handed back, in words', () => {
  process.env['TRAINYARD_CACHE'] = '/nowhere';
  expect(() => requireBackend(task('native'), {})).toThrow(
    expect.objectContaining({
      code: 'TY-CODE-GONE',
      what: 'this worker cannot compute train.net on native TensorFlow, as the run was started to',
      actual: 'WebAssembly',
    }),
  );
  // Without devices a pool cannot compute on one, whatever the machine has.
  expect(() => requireBackend(task('cuda'), {})).toThrow(/on native TensorFlow on a device/);
  expect(requireBackend(task('wasm'), {})).toEqual([['TensorFlow', 'wasm']]);
});

test('runs of before the backend was keyed, and nodes without TensorFlow, are computed everywhere', () => {
  process.env['TRAINYARD_CACHE'] = '/nowhere';
  expect(requireBackend(task(), {})).toEqual([]);
  expect(requireBackend({ node: 'clean.table' }, {})).toEqual([]);
});
