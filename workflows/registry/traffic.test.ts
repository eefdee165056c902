import { expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import { sizeOf, type TrafficAsk } from '../../core/traffic.js';
import { modelEventSchema, type RegistryState, type TrafficRequest } from './contract.js';
import { move, register } from './ledger.js';
import { remove } from './marks.js';
import { announcement, emptyModel } from './state.js';
import { setTraffic } from './traffic.js';

const at = '2026-01-01T00:00:00.000Z';
const by = { by: 'test', why: 'because' };
const NONE = { versions: new Map() };

function withVersions(count: number): RegistryState {
  let state = emptyModel('m');
  for (let n = 1; n <= count; n++) {
    const model = { kind: 'model', digest: digestText(String(n)), size: 1 } as const;
    const facts = { run: `r${n}`, lineage: `r${n}`, pipeline: 'p', metrics: {}, signature: null, evidence: null };
    state = register(state, { model, ...facts, ...by }, at).state;
  }
  return move(state, { alias: 'champion', to: 1, ...by }, at).state;
}
const canary = (share: number, version = 2): TrafficAsk => ({
  mode: 'canary',
  arms: [{ name: 'candidate', version, share }],
});
const plan = (state: RegistryState, asked: TrafficAsk | null, more: Partial<TrafficRequest> = {}): RegistryState =>
  setTraffic(state, { plan: asked, ...by, ...more }, at, NONE).state;

test('a plan stands in the announcement, and each one that was is a line of the history', () => {
  let state = withVersions(2);
  const first = setTraffic(state, { plan: canary(0.05), expected: null, ...by }, at, NONE);
  expect(first.answer).toEqual({ number: 4, from: null, at });
  state = plan(first.state, canary(0.25), { expected: 4 });
  const [arm] = announcement(state).traffic!.arms;
  expect(arm).toMatchObject({ name: 'candidate', version: 2, run: 'r2', model: { digest: digestText('2') } });
  expect(sizeOf(arm!.slots)).toBe(2500);
  // Who was in the small canary is in the larger one.
  expect(arm!.slots[0]![0]).toBe(first.state.traffic!.arms[0]!.slots[0]![0]);
  expect(state.traffic!.salt).toBe('4');
  state = plan(state, null, { expected: 5 });
  expect(announcement(state).traffic).toBeUndefined();
  const lines = state.history.open.filter(({ what }) => what === 'traffic');
  expect(lines.map((line) => 'plan' in line && line.plan?.arms[0]?.share)).toEqual([0.05, 0.25, undefined]);
  for (const line of lines) expect(modelEventSchema.parse(JSON.parse(JSON.stringify(line)))).toEqual(line);
  // Another experiment draws its units anew.
  expect(plan(state, canary(0.05)).traffic!.salt).toBe('7');
});

test('of two who plan at once one is told, and what is asked again changes nothing', () => {
  let state = plan(withVersions(3), canary(0.05), { once: 'step 1' });
  expect(() => plan(state, canary(0.1, 3), { expected: null })).toThrow('another traffic plan is in force');
  state = plan(state, null);
  expect(plan(state, canary(0.05), { once: 'step 1', expected: null })).toBe(state);
});

test('plans that cannot be are refused, and a version of a plan is not deleted', () => {
  const state = plan(withVersions(2), canary(0.05));
  expect(() => remove(state, { version: 2, ...by }, at)).toThrow('it is the arm candidate of the traffic plan');
  expect(() => plan(state, canary(0.1, 9))).toThrow('has no version 9');
  expect(() => plan(state, { ...canary(2) })).toThrow('this is no traffic plan');
  expect(() => plan(withVersions(1), null)).toThrow('there is none to end');
  expect(() => plan(emptyModel('m'), canary(0.1))).toThrow('no version');
  expect(remove(plan(state, null), { version: 2, ...by }, at).answer.changed).toBe(true);
});
