import { implement } from 'trainyard/worker';
import { note } from '../probe/outside.js';
import { counted, isolated, light, numbers } from './index.js';

export const lightIt = implement(light, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));

export const isolatedIt = implement(isolated, ({ inputs }) => ({ value: { n: (inputs.from?.value.n ?? 0) + 1 } }));

export const countedIt = implement(counted, ({ params, inputs, ctx: { run, attempt, signal } }) => {
  note('start', { node: 'noop.counted', label: String(params.index), run: run.id, attempt, signal });
  return { value: { n: inputs.all.reduce((sum, one) => sum + one.value.n, 1) } };
});

export const numbersIt = implement(numbers, ({ params }) => ({
  value: { items: Array.from({ length: params.count }, (_, index) => index) },
}));
