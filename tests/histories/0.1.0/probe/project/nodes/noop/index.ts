import { z } from 'zod';
import { json, many, node, optional } from 'trainyard';

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

/** Takes all that it is given, and fails where a plan beside the project says so of its label. */
const joining = { version: '1', params: params.extend({ label: z.string() }), inputs: { all: many(number) } } as const;

export const lightJoin = node({ name: 'noop.light-join', ...joining, outputs: number, light: true });

export const isolatedJoin = node({ name: 'noop.isolated-join', ...joining, outputs: number });

/** Notes outside that it was executed, and counts the executions that its inputs stand for: 1 more than they do. */
export const counted = node({
  name: 'noop.counted',
  version: '1',
  params,
  inputs: { all: many(number) },
  outputs: number,
  light: true,
});

export const numbers = node({
  name: 'noop.numbers',
  version: '1',
  params: z.object({ salt: z.string(), count: z.number().int() }),
  inputs: {},
  outputs: json(z.object({ items: z.array(z.number()) })),
  light: true,
});
