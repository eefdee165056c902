import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'vitest';
import { implement, TransientError, UserError, type NodeCall } from '../index.js';
import { runtimeCases, runtimeProbe } from '../testing/index.js';

type Call = NodeCall<typeof runtimeProbe.spec.params, typeof runtimeProbe.spec.inputs>;
type Given = readonly [value: unknown, files: Readonly<Record<string, unknown>>];

const none = { 'none.txt': '' };

/** The value and the files of each `how`. */
const works: Readonly<Record<Call['params']['how'], (call: Call) => Given | Promise<Given>>> = {
  echo: ({ params: { text }, inputs, ctx: { threads, device, attempt, scope, run } }) => [
    { text, from: inputs.from?.value ?? null, threads, device, attempt, scope, run: run.id },
    { 'echo.txt': text },
  ],
  copy: async ({ inputs, ctx }) => {
    copyFileSync(await inputs.table!.path('data.parquet'), path.join(ctx.scratch, 'copied'));
    return [null, { 'copy.bin': { path: path.join(ctx.scratch, 'copied') } }];
  },
  seed: ({ ctx }) => [ctx.seed, none],
  tell: async ({ ctx }) => {
    ctx.log('one');
    ctx.log('two');
    ctx.progress(0.25, 'a quarter');
    await ctx.report(1, { loss: 0.5 });
    await ctx.report(2, Number.NaN);
    return [null, none];
  },
  climb: async ({ params: { at }, inputs, ctx }) => {
    const state = await ctx.checkpoint.load();
    const [begun = 0, before = 0] = state ? Buffer.from(state).toString().split(' ').map(Number) : [];
    let sum = before;
    for (let number = begun + 1; number < 6; number++) {
      sum += number;
      await ctx.checkpoint.save(Buffer.from(`${number} ${sum}`));
      if (number === at && begun === 0 && inputs.from === undefined) throw new RangeError('fell');
    }
    return [{ sum, from: begun }, none];
  },
  refuse: () => {
    throw new UserError('no rows', { expected: 'a row', remedy: 'add one', where: { column: 'a' } });
  },
  falter: () => {
    throw new TransientError('away');
  },
  break: () => {
    throw new RangeError('broken');
  },
  nan: () => [{ list: [1, Number.NaN] }, none],
  extra: () => [null, none],
  unlike: () => ['text', none],
  outside: ({ ctx }) => {
    const file = path.join(path.dirname(ctx.scratch), 'outside.txt');
    writeFileSync(file, 'outside');
    return [null, { 'outside.txt': { path: file } }];
  },
  wait: async ({ ctx }) => {
    ctx.log('waits');
    for (;;) {
      ctx.signal.throwIfAborted();
      await wait(10);
    }
  },
  whisper: ({ ctx }) => {
    ctx.log(`the value is ${ctx.secret('token')}`);
    return [null, none];
  },
  leak: ({ ctx }) => [{ token: ctx.secret('token') }, none],
};

const implementation = implement(runtimeProbe, async (call) => {
  const [value, files] = await works[call.params.how](call);
  const more = call.params.how === 'extra' ? { more: { value: 1 } } : {};
  return { value: { value }, written: { files }, ...more } as never;
});

for (const one of runtimeCases) test(`node: ${one.name}`, () => one.run({ implementation }));
