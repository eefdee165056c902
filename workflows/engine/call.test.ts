import { expect, test } from 'vitest';
import { z } from 'zod';
import { nodeKey } from '../../core/key.js';
import { json } from '../../core/kinds.js';
import { node, type AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import { installBundle, type PoolFacts } from './bundle-data.js';
import { callOf } from './call.js';
import { wireCall } from './wire.js';

const contract = (name: string, tensorflow: boolean) =>
  node({ name, version: '1', params: z.object({}), inputs: {}, outputs: json(z.number()), tensorflow }) as AnyContract;
const [net, table] = [contract('toy.net', true), contract('toy.table', false)];
const run = { id: 'r', lineage: 'r', pipeline: 'p', cause: null, seed: 0 } as unknown as RunFacts;

/** Keys of a call in each of two pools. */
function keysIn(one: AnyContract, backends: readonly (string | undefined)[]): string[] {
  const pools = backends.map((backend, at): PoolFacts => ({
    name: `pool-${at}`,
    slots: 1,
    gpus: 0,
    cpu: 1,
    labels: {},
    ...(backend === undefined ? {} : { backend }),
  }));
  installBundle({ codes: { 'toy.net': 'a', 'toy.table': 'b' }, pools, buildId: 'x', heartbeatMs: 1_000 }, [one]);
  return pools.map(({ name }) => {
    const asked = { contract: one, wired: wireCall(one, {}), options: {}, pool: name };
    return callOf(run, asked, {}).key;
  });
}

test('one backend was given the results of another: what trains is another computation on each, the rest is not', () => {
  expect(new Set(keysIn(net, ['native', 'wasm', 'cuda'])).size).toBe(3);
  expect(new Set(keysIn(table, ['native', 'wasm', 'cuda'])).size).toBe(1);
});

test('bundles of before the backend was keyed keep their keys', () => {
  const [before, native] = keysIn(net, [undefined, 'native']);
  expect(before).toBe(nodeKey({ node: 'toy.net', version: '1', code: 'a', params: {}, inputs: {}, threads: 1 }));
  expect(native).not.toBe(before);
});
