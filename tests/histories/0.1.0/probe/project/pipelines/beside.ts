import { z } from 'zod';
import { map, pipeline, type Handle, type Ref } from 'trainyard';
import { isolated, isolatedJoin, light, lightJoin } from '../nodes/noop/index.js';

/** The shapes that orchestrators are compared by, of `count` nodes each. The last one takes what no other node takes. */
const params = z.object({
  salt: z.string(),
  /** Of the last node alone, which is computed anew when this changes. */
  last: z.string().default(''),
  count: z.number().int(),
  light: z.boolean(),
});

type Kind = ReturnType<typeof lightJoin>['artifact'];
type Num = Handle<Kind> | Ref<Kind>;

function nodesFor(p: z.output<typeof params>) {
  const [one, join] = p.light ? [light, lightJoin] : [isolated, isolatedJoin];
  return {
    one: (index: number, from?: Num) => one({ salt: p.salt, index, from }),
    join: (index: number, all: readonly Num[]) => {
      const isLast = index === p.count - 1;
      return join({ salt: isLast ? p.salt + p.last : p.salt, index, label: isLast ? 'last' : 'join', all });
    },
  };
}

/** Each node takes what the one before gave. */
export const chain = pipeline('beside-chain', { params }, (p) => {
  const { one, join } = nodesFor(p);
  let before: Num[] = [];
  for (let index = 0; index < p.count - 1; index++) before = [one(index, before[0])];
  return join(p.count - 1, before);
});

/** All but one side by side, and one that takes them all. */
export const mapped = pipeline('beside-map', { params }, async (p) => {
  const { one, join } = nodesFor(p);
  const items = Array.from({ length: p.count - 1 }, (_, index) => index);
  const all = await map(items, (index) => one(index));
  return join(p.count - 1, all);
});

/** One, two that take it, one that takes both, two that take that, and so on: 1 + 3 k nodes. */
export const diamond = pipeline('beside-diamond', { params }, (p) => {
  const { one, join } = nodesFor(p);
  let top = one(0);
  for (let index = 1; index + 2 < p.count; index += 3) {
    top = join(index + 2, [one(index, top), one(index + 1, top)]);
  }
  return top;
});
