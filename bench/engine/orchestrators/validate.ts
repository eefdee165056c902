import { z } from 'zod';
import { json, many, node } from '../../../core/index.js';
import { makeHandle } from '../../../core/handle.js';
import { wireCall } from '../../../workflows/engine/wire.js';
import type { Answer } from './contender.js';

const number = json(z.object({ n: z.number() }));
const join = node({
  name: 'bench.join',
  version: '1',
  params: z.object({ salt: z.string(), index: z.number().int() }),
  inputs: { first: number, all: many(number) },
  outputs: number,
});

/** Checks the wiring of so many calls, each of which takes three of those before. */
export function validated(count: number): Answer {
  const handle = (index: number) =>
    makeHandle({
      kind: number,
      call: String(index),
      port: 'out',
      node: 'bench.join',
      ref: new Promise<never>(() => undefined),
    });
  const handles = [handle(-3), handle(-2), handle(-1)];
  const began = performance.now();
  for (let index = 0; index < count; index++) {
    const [first, ...all] = handles.slice(-3);
    wireCall(join, { salt: 'salt', index, first, all });
    handles.push(handle(index));
  }
  return { ms: performance.now() - began, nodes: count };
}
