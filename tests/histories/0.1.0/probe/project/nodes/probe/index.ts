import { z } from 'zod';
import { json, many, node, optional } from 'trainyard';

/** Nodes whose executions are counted from outside, and which fail where a plan beside the project says so. */
const number = json(z.object({ n: z.number() }));

/** `label` names the call in counts and plans; `salt` keeps what other runs have computed from being found. */
const named = z.object({ label: z.string(), salt: z.string().default('') });

const settings = {
  version: '1',
  retry: { attempts: 3, initialInterval: 50, maximumInterval: 50 },
  timeout: '1 minute',
} as const;

export const make = node({
  name: 'probe.make',
  ...settings,
  params: named.extend({ n: z.number(), ms: z.number().default(0) }),
  inputs: {},
  outputs: number,
});

export const step = node({
  name: 'probe.step',
  ...settings,
  params: named.extend({ add: z.number().default(1), ms: z.number().default(0) }),
  inputs: { from: number },
  outputs: number,
});

export const light = node({
  name: 'probe.light',
  ...settings,
  params: named.extend({ add: z.number().default(1) }),
  inputs: { from: optional(number) },
  outputs: number,
  light: true,
});

export const join = node({
  name: 'probe.join',
  ...settings,
  params: named,
  inputs: { all: many(number) },
  outputs: number,
});

const items = json(z.object({ items: z.array(z.number()) }));

export const list = node({
  name: 'probe.list',
  ...settings,
  params: named.extend({ length: z.number().int() }),
  inputs: {},
  outputs: items,
});

export const measure = node({
  name: 'probe.measure',
  ...settings,
  params: named.extend({ by: z.number() }),
  inputs: { list: items },
  outputs: number,
});

export const halves = node({
  name: 'probe.halves',
  ...settings,
  params: named,
  inputs: { from: number },
  outputs: { low: number, high: number },
});

/** Has an optimum at x = 0.7. */
export const score = node({
  name: 'probe.score',
  ...settings,
  params: named.extend({ x: z.number(), ms: z.number().default(0) }),
  inputs: { from: number },
  outputs: number,
});

/** Always refuses: for pipelines that catch. */
export const refuse = node({
  name: 'probe.refuse',
  ...settings,
  params: named,
  inputs: { from: number },
  outputs: number,
});

/** Orders of a service outside, once for each lineage of runs, with its key for the service to know repetitions by. */
export const effect = node({
  name: 'probe.effect',
  ...settings,
  params: named,
  inputs: { from: optional(number) },
  outputs: number,
  effect: true,
});
