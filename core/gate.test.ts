import { afterEach, expect, it } from 'vitest';
import { gate } from './gate.js';
import type { Handle } from './handle.js';
import type { Report } from './kinds.js';
import { watched } from './reading.js';
import { setRuntime, type PipelineRuntime } from './runtime.js';

type Figures = { readonly f1: { readonly macro: number }; readonly n: number; readonly classes: readonly string[] };
const value: Figures = Object.freeze({ f1: Object.freeze({ macro: 0.75 }), n: 76, classes: ['a', 'b'] });
const handle = {} as Handle<Report<Figures>>;

type Decision = Parameters<PipelineRuntime['decide']>[0];
let decided: Decision[] = [];
/** All of a runtime that a gate asks for. */
const open = (): void => {
  decided = [];
  setRuntime({
    value: async () => value,
    decide: (one: Decision) => void decided.push(one),
  } as unknown as PipelineRuntime);
};
afterEach(() => setRuntime(undefined));

it('a gate with a limit says what stood against what, and is called by it', async () => {
  open();
  expect(await gate(handle, (figures) => figures.f1.macro, { atLeast: 0.9 })).toBe(false);
  expect(await gate(handle, (figures) => figures.f1.macro, { atLeast: 0.75, atMost: 0.8 })).toBe(true);
  expect(decided).toMatchObject([
    {
      name: 'f1.macro ≥ 0.9',
      passed: false,
      evidence: value,
      compared: { read: { 'f1.macro': 0.75 }, figure: 0.75, atLeast: 0.9 },
    },
    { name: 'f1.macro ≥ 0.75 and ≤ 0.8', passed: true },
  ]);
});

it('a threshold is the most for what is better when smaller, and the least for what is better when larger', async () => {
  const report = { rmse: 3, r2: 0.8, n: 9, better: { rmse: 'smaller', r2: 'larger' } };
  decided = [];
  setRuntime({
    value: async () => report,
    decide: (one: Decision) => void decided.push(one),
  } as unknown as PipelineRuntime);
  const of = {} as Handle<Report<typeof report>>;
  expect(await gate(of, (figures) => figures.rmse, { threshold: 4 })).toBe(true);
  expect(await gate(of, (figures) => figures.rmse, { threshold: 2 })).toBe(false);
  expect(await gate(of, (figures) => figures.r2, { threshold: 0.7 })).toBe(true);
  expect(await gate(of, (figures) => figures.r2, { threshold: 0.9 })).toBe(false);
  expect(decided.map(({ name }) => name)).toEqual(['rmse ≤ 4', 'rmse ≤ 2', 'r2 ≥ 0.7', 'r2 ≥ 0.9']);
  await expect(gate(of, (figures) => figures.n, { threshold: 1 })).rejects.toThrow(
    /n against a threshold[\s\S]*rmse, r2/,
  );
  await expect(gate(of, (figures) => figures.rmse + figures.n, { threshold: 1 })).rejects.toThrow('atLeast or atMost');
});

it('a figure that is not there, or is no number, passes no limit', async () => {
  open();
  for (const figure of [undefined, null, NaN])
    expect(await gate(handle, () => figure, { atLeast: -1, name: 'any' })).toBe(false);
  expect(decided.map(({ compared }) => compared?.figure)).toEqual([null, null, null]);
});

it('a gate without a limit says which figures it has read', async () => {
  open();
  expect(await gate(handle, ({ f1, n }) => f1.macro > 0.7 && n > 50, 'enough')).toBe(true);
  expect(decided[0]).toMatchObject({ name: 'enough', compared: { read: { 'f1.macro': 0.75, n: 76 } } });
});

it('what is watched behaves as the value that it shows, frozen parts and lists included', () => {
  const { view, read } = watched(value);
  expect(view.f1).toBe(view.f1);
  expect(view).toEqual(value);
  expect(Array.isArray(view.classes)).toBe(true);
  expect(view.classes.map((name) => name.toUpperCase())).toEqual(['A', 'B']);
  expect(JSON.stringify(view)).toBe(JSON.stringify(value));
  expect(read).toMatchObject({ 'classes.0': 'a' });
});
