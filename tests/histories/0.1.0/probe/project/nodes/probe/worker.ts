import { setTimeout as wait } from 'node:timers/promises';
import { implement, UserError, type NodeContext } from 'trainyard/worker';
import { total } from './arithmetic.js';
import { effect, halves, join, light, list, make, measure, refuse, score, step } from './index.js';
import { failAsPlanned, note, order, type Place } from './outside.js';

/** Work with its marks: counted at its start and end, failing where the plan of the run says so. */
async function probed<T>(
  node: string,
  label: string,
  ctx: NodeContext,
  work: (place: Place) => T | Promise<T>,
): Promise<T> {
  const place = { node, label, run: ctx.run.id, attempt: ctx.attempt, signal: ctx.signal };
  note('start', place);
  await failAsPlanned('before', place);
  const result = await work(place);
  note('end', place);
  await failAsPlanned('after', place);
  return result;
}

export const makeIt = implement(make, ({ params: { n, ms, label }, ctx }) =>
  probed('probe.make', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    if (ms > 0) await wait(ms);
    return { value: { n } };
  }),
);

export const stepIt = implement(step, ({ params: { add, ms, label }, inputs, ctx }) =>
  probed('probe.step', label, ctx, async (place) => {
    const n = inputs.from.value.n + add;
    await failAsPlanned('during', place);
    if (ms > 0) await wait(ms);
    return { value: { n } };
  }),
);

export const lightIt = implement(light, ({ params: { add, label }, inputs, ctx }) =>
  probed('probe.light', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    return { value: { n: (inputs.from?.value.n ?? 0) + add } };
  }),
);

export const joinIt = implement(join, ({ params: { label }, inputs, ctx }) =>
  probed('probe.join', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    return { value: { n: total(inputs.all.map(({ value }) => value.n)) } };
  }),
);

export const listIt = implement(list, ({ params: { length, label }, ctx }) =>
  probed('probe.list', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    return { value: { items: Array.from({ length }, (_, index) => index + 1) } };
  }),
);

export const measureIt = implement(measure, ({ params: { by, label }, inputs, ctx }) =>
  probed('probe.measure', label, ctx, () => ({ value: { n: by * inputs.list.value.items.length } })),
);

export const halvesIt = implement(halves, ({ params: { label }, inputs, ctx }) =>
  probed('probe.halves', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    const half = inputs.from.value.n / 2;
    return { low: { value: { n: Math.floor(half) } }, high: { value: { n: Math.ceil(half) } } };
  }),
);

export const scoreIt = implement(score, ({ params: { x, ms, label }, inputs, ctx }) =>
  probed('probe.score', `${label} ${x.toFixed(3)}`, ctx, async (place) => {
    await failAsPlanned('during', place);
    if (ms > 0) await wait(ms);
    return { value: { n: inputs.from.value.n - (x - 0.7) ** 2 } };
  }),
);

export const refuseIt = implement(refuse, ({ params: { label }, ctx }) =>
  probed('probe.refuse', label, ctx, () => {
    throw new UserError('it always refuses');
  }),
);

export const effectIt = implement(effect, ({ params: { label }, inputs, ctx }) =>
  probed('probe.effect', label, ctx, async (place) => {
    await failAsPlanned('during', place);
    await order(ctx.key, `${ctx.run.lineage} ${label}`);
    return { value: { n: inputs.from?.value.n ?? 0 } };
  }),
);
