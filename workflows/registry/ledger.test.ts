import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import { isTrainyardError } from '@trainyard/errors';
import { isAliasEvent, isDeleted, type RegisterRequest, type RegistryState } from './contract.js';
import { checkRoom, move, register, rollback } from './ledger.js';
import { remove } from './marks.js';
import { announcement, emptyModel, fromFormer } from './state.js';

const by = { by: 'test', why: 'because' };
const version = (text: string, evidence: string | null = null): RegisterRequest => ({
  model: { kind: 'model', digest: digestText(text), size: 1 },
  ...{ run: text, lineage: text, pipeline: 'p', metrics: {}, signature: null, evidence },
  ...by,
});
const at = '2026-01-01T00:00:00.000Z';

// One of them is a name that every object has.
const aliasName = fc.constantFrom('champion', 'challenger', 'constructor');

const request = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), text: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({
    kind: fc.constant('move' as const),
    alias: aliasName,
    to: fc.constantFrom(1, 2, 3, 4, null),
    expected: fc.constantFrom(undefined, null, 1, 2),
    once: fc.constantFrom(undefined, 'k1', 'k2'),
  }),
  fc.record({ kind: fc.constant('rollback' as const), alias: aliasName }),
  fc.record({ kind: fc.constant('delete' as const), version: fc.constantFrom(1, 2, 3, 4) }),
);

function apply(state: RegistryState, asked: typeof request extends fc.Arbitrary<infer R> ? R : never): RegistryState {
  try {
    if (asked.kind === 'register') return register(state, version(asked.text), at).state;
    if (asked.kind === 'delete') return remove(state, { ...asked, ...by }, at).state;
    if (asked.kind === 'rollback') return rollback(state, { ...asked, ...by }, at).state;
    return move(state, { ...asked, ...by }, at).state;
  } catch (error) {
    expect(isTrainyardError(error)).toBe(true);
    return state;
  }
}

test('whatever is asked in whatever order: aliases name versions that exist, and the history alone tells where they stand', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
      const state = requests.reduce(apply, emptyModel('m'));
      expect(state.history.open.map((event) => event.number)).toEqual(state.history.open.map((_, i) => i + 1));
      expect(new Set(state.versions.open.map((v) => v.model.digest)).size).toBe(state.versions.open.length);
      const told: Record<string, number> = Object.create(null) as Record<string, number>;
      for (const event of state.history.open) {
        if (!isAliasEvent(event)) continue;
        expect(event.from).toBe(told[event.alias] ?? null);
        if (event.to === null) delete told[event.alias];
        else told[event.alias] = event.to;
      }
      const gone = new Map<number, boolean>();
      for (const event of state.history.open) {
        if (event.what === 'deleted' || event.what === 'registered') gone.set(event.version, event.what === 'deleted');
        else if (isAliasEvent(event) && event.to !== null) expect(gone.get(event.to)).toBe(false);
      }
      for (const [number, isGone] of gone) expect(isDeleted(state, number)).toBe(isGone);
      for (const { version: number } of Object.values(state.aliases)) expect(isDeleted(state, number)).toBe(false);
      const stand = Object.fromEntries(Object.entries(state.aliases).map(([alias, { version: v }]) => [alias, v]));
      expect(stand).toEqual({ ...told });
      expect(Object.keys(announcement(state).aliases).sort()).toEqual(Object.keys(told).sort());
    }),
  );
});

test('while the store takes nothing, a registry refuses versions before Temporal could not carry them, and still rolls back', () => {
  let state = emptyModel('m');
  const words = (): string => {
    for (let i = 0; ; i++) {
      try {
        // What it asks takes as long as the state is long.
        if (i > 280) checkRoom(state, 'the disk is full');
        ({ state } = register(state, version(`v${i}`, 'x'.repeat(4000)), at));
        ({ state } = move(state, { alias: 'champion', to: i + 1, ...by }, at));
      } catch (error) {
        return (error as Error).message;
      }
    }
  };
  expect(words()).toMatch(/takes no version until the store has taken its older ones: \d+ wait[\s\S]*the disk is full/);
  expect(JSON.stringify(state).length).toBeLessThan(1_500_000);
  expect(rollback(state, { alias: 'champion', ...by }, at).answer.to).toBe(state.versions.open.length - 1);
});

test('what a Workflow of 0.1.0 carried is what it would be today', () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
      const state = requests.filter(({ kind }) => kind !== 'delete').reduce(apply, emptyModel('m'));
      const aliases = Object.entries(state.aliases).map(([alias, { model: _, run: __, past, ...there }]) => [
        alias,
        { ...there, past: past.open },
      ]);
      const former = {
        name: 'm',
        versions: state.versions.open,
        aliases: Object.fromEntries(aliases) as never,
        history: state.history.open,
      };
      expect(fromFormer(former)).toEqual(state);
    }),
  );
});

test('an alias called as something that every object has was moved from nowhere, and its registry stood still', () => {
  const { state } = register(emptyModel('m'), version('a'), at);
  const moved = move(state, { alias: 'constructor', to: 1, ...by }, at);
  expect(moved.answer).toMatchObject({ from: null, to: 1 });
  expect(moved.state.aliases['constructor']).toMatchObject({ version: 1 });
  expect(() => rollback(state, { alias: 'constructor', ...by }, at)).toThrow('there is no alias "constructor"');
  expect(() => rollback(state, { alias: '__proto__', ...by }, at)).toThrow('there is no alias "__proto__"');
});
