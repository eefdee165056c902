import { implement, type NodeContext } from 'trainyard/worker';
import { failAsPlanned, note } from '../probe/outside.js';
import { counted, isolated, isolatedJoin, light, lightJoin, numbers } from './index.js';

export const lightIt = implement(light, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));

export const isolatedIt = implement(isolated, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));

/** How many nodes stand in the longest way to here. */
async function joined(
  node: string,
  label: string,
  all: readonly { value: { n: number } }[],
  { run, attempt, signal }: NodeContext,
): Promise<{ value: { n: number } }> {
  await failAsPlanned('before', { node, label, run: run.id, attempt, signal });
  return { value: { n: all.reduce((most, { value: { n } }) => Math.max(most, n), 0) + 1 } };
}

export const lightJoinIt = implement(lightJoin, ({ params, inputs, ctx }) =>
  joined('noop.light-join', params.label, inputs.all, ctx),
);

export const isolatedJoinIt = implement(isolatedJoin, ({ params, inputs, ctx }) =>
  joined('noop.isolated-join', params.label, inputs.all, ctx),
);

export const countedIt = implement(counted, ({ params, inputs, ctx: { run, attempt, signal } }) => {
  note('start', { node: 'noop.counted', label: String(params.index), run: run.id, attempt, signal });
  return { value: { n: inputs.all.reduce((sum, one) => sum + one.value.n, 1) } };
});

export const numbersIt = implement(numbers, ({ params }) => ({
  value: { items: Array.from({ length: params.count }, (_, index) => index) },
}));
