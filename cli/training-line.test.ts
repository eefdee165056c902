import { afterEach, expect, test } from 'vitest';
import { configSchema } from '../core/config.js';
import { backendOf } from '../project/workflow-bundle.js';
import { trainingLines } from './training-line.js';

const cache = process.env['TRAINYARD_CACHE'];
afterEach(() => {
  if (cache === undefined) delete process.env['TRAINYARD_CACHE'];
  else process.env['TRAINYARD_CACHE'] = cache;
});

const linesOf = (pools: object): string[] => trainingLines(configSchema.parse({ pools }).pools, backendOf);

test('nobody was told that WebAssembly trains, nor why', () => {
  process.env['TRAINYARD_CACHE'] = '/nowhere';
  expect(linesOf({ cpu: {}, more: {} })).toEqual([
    'WebAssembly, because native TensorFlow is not installed: npx trainyard setup does it',
  ]);
  expect(linesOf({ cpu: { backend: 'wasm' } })).toEqual(['WebAssembly, because temporal.config.ts says so']);
});

test('each backend is told once, with its pools where there are several', () => {
  expect(linesOf({ cpu: { backend: 'native' }, other: { backend: 'native' }, gpu: { devices: [0] } })).toEqual([
    'cpu, other: native TensorFlow',
    'gpu: native TensorFlow on a device',
  ]);
});
