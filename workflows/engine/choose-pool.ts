import { sizeBytes } from '../../core/duration.js';
import { TrainyardError } from '@trainyard/errors';
import type { Resources } from '../../core/node.js';
import type { PoolFacts } from './bundle-data.js';

/**
 * The pool that a node runs in: the first, in the order of the configuration, that meets all needs, where pools with
 * devices are for nodes that need one. Throws TY-WIRE-NO-POOL naming the need that nothing meets.
 */
export function placeNode(node: string, needs: Resources, pools: readonly PoolFacts[]): PoolFacts {
  const gpus = needs.gpu ?? 0;
  const memory = needs.memory === undefined ? 0 : (sizeBytes(needs.memory) ?? 0);
  const refusals: string[] = [];
  for (const pool of pools) {
    const refusal = whyNot(pool, { gpus, memory, cpu: needs.cpu ?? 1, labels: needs.labels ?? {} }, needs);
    if (refusal === undefined) return pool;
    refusals.push(`${pool.name}: ${refusal}`);
  }
  throw new TrainyardError('TY-WIRE-NO-POOL', {
    what: `no pool can run ${node}: ${refusals.join('; ') || 'there are no pools'}`,
    where: { node },
  });
}

function whyNot(
  pool: PoolFacts,
  need: { gpus: number; memory: number; cpu: number; labels: Readonly<Record<string, string>> },
  said: Resources,
): string | undefined {
  if (need.gpus > 0 && pool.gpus === 0) return 'has no device';
  if (need.gpus === 0 && pool.gpus > 0) return 'is kept for nodes that need a device';
  if (need.gpus > 1) return `gives one device to a node, not ${need.gpus}`;
  if (need.cpu > pool.cpu) return `gives ${pool.cpu} cores to a node, not ${need.cpu}`;
  if (pool.memory !== undefined && need.memory > pool.memory)
    return `gives less memory to a node than ${String(said.memory)}`;
  const label = Object.entries(need.labels).find(([name, value]) => pool.labels[name] !== value);
  return label ? `has not the label ${label[0]}=${label[1]}` : undefined;
}
