import { z } from 'zod';
import { json, node, optional } from 'trainyard';

/** Nodes that do next to nothing: what they take is the engine's. */
const number = json(z.object({ n: z.number() }));
const params = z.object({ salt: z.string(), index: z.number().int() });

export const light = node({
  name: 'noop.light',
  version: '1',
  params,
  inputs: { from: optional(number) },
  outputs: number,
  light: true,
});

export const isolated = node({
  name: 'noop.isolated',
  version: '1',
  params,
  inputs: { from: optional(number) },
  outputs: number,
});
