import { expect, test } from 'vitest';
import { z } from 'zod';
import { json, node, sealedTable, table } from './index.js';

const spec = { name: 'toy.look', version: '1', params: z.object({}), outputs: json(z.number()) } as const;

test('any plugin could open a sealed test set: a contract that takes one must say so', () => {
  expect(() => node({ ...spec, inputs: { test: sealedTable } })).toThrow(/"toy.look"[^]*'sealed'[^]*"test"/);
  expect(node({ ...spec, inputs: { test: sealedTable }, opens: 'sealed' }).spec.opens).toBe('sealed');
});

test('the permission is refused where nothing sealed is taken', () => {
  expect(() => node({ ...spec, inputs: { test: table }, opens: 'sealed' })).toThrow(/no such permission/);
});
