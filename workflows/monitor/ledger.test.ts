import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { File, Ref, Table } from '../../core/kinds.js';
import type { MonitorConfig, MonitorState } from './contract.js';
import { memoOf } from './details.js';
import {
  accept,
  begin,
  changedSince,
  configure,
  countWindow,
  end,
  healthy,
  mayRetrain,
  newMonitor,
  note,
  whyNot,
  withoutFindings,
  type TakenWindow,
} from './ledger.js';
import { PlainMonitor } from './plain-monitor.test-part.js';

const DAY = 86_400_000;
const file = (name: string): Ref<File> => ({ kind: 'file', digest: digestText(name), size: 1 });
const table = (name: string): Ref<Table> => ({ kind: 'table', digest: digestText(name), size: 1 });

type Retrain = NonNullable<MonitorConfig['retrain']>;
const configOf = (reference: string, retrain: Partial<Retrain> | null = {}): MonitorConfig => ({
  endpoint: 'penguins',
  columns: [],
  label: { name: 'species', type: 'text' },
  reference: file(reference),
  table: table('training'),
  window: 10,
  alpha: 0.05,
  minEffect: 0.1,
  everyMs: 1000,
  retrain: retrain && { pipeline: 'retrain', params: {}, leastLabelled: 1, cooldownMs: DAY, most: 3, ...retrain },
});

const takenWindow = (number: number, columns: readonly string[]): TakenWindow => ({
  ready: true,
  cursor: `${number}-0`,
  entries: number,
  lost: 0,
  window: {
    number,
    rows: 10,
    labelled: 0,
    accuracy: null,
    from: 0,
    to: 1,
    versions: [1],
    drifted: columns.length > 0,
    findings: columns.map((column) => ({
      ...{ column, of: 'values' as const, effect: 1, corrected: 0 },
      says: `${column} in ${number}`,
    })),
    table: table(`window ${number}`),
    report: { kind: 'json', digest: digestText(`report ${number}`), size: 1 },
  },
});

/** The monitor and the plain rules, side by side, with the time that it is. */
class Pair {
  state: MonitorState;
  readonly plain: PlainMonitor;
  now = 1_700_000_000_000;

  constructor(config: MonitorConfig) {
    this.state = newMonitor(config);
    this.plain = new PlainMonitor(config);
  }

  count(columns: readonly string[]): void {
    const answer = takenWindow(this.state.windows + 1, columns);
    this.state = countWindow(this.state, answer);
    this.plain.count(answer);
  }

  /** Begins one where the ledger lets it; whether it does. */
  begin(): boolean {
    const may = mayRetrain(this.state, this.now);
    expect(may.go).toBe(this.plain.mayBegin(this.now));
    if (!may.go) return false;
    const number = this.state.started + 1;
    const { last, columns } = this.state.pending!;
    const fresh = table(`fresh ${number}`);
    this.state = begin(this.state, {
      ...{ number, run: `run-${number}`, pipeline: 'retrain', startedAt: this.now },
      ...{ window: last, columns, fresh, labelled: 5 },
    });
    this.plain.begin(this.now);
    return true;
  }

  end(promoted: boolean): void {
    if (!this.plain.underWay) return;
    const { started } = this.state;
    if (promoted) this.state = accept(this.state, file(`rows of ${started}`));
    this.state = end(this.state, started, { endedAt: this.now, promoted, verdict: promoted ? 'better' : 'not better' });
    this.plain.end(this.now, promoted);
  }

  configure(config: MonitorConfig): void {
    this.state = configure(this.state, config);
    this.plain.configure(config);
  }

  freeze(frozen: boolean): void {
    this.state = { ...this.state, frozen };
    this.plain.frozen = frozen;
  }

  compare(): void {
    const { state, plain } = this;
    const windows = plain.windows();
    expect(state.pending).toEqual(plain.pending());
    expect(state.accepted).toEqual(plain.accepted().map((number) => file(`rows of ${number}`)));
    expect(state).toMatchObject({
      windows: windows.length,
      drifted: windows.filter(({ drifted }) => drifted).length,
      started: plain.retrainings.length,
      recent: windows.slice(-50),
    });
    expect(
      state.retrainings.map(({ number, startedAt, endedAt, promoted }) => [number, startedAt, endedAt, promoted]),
    ).toEqual(plain.retrainings.slice(-50).map((one) => [one.number, one.startedAt, one.endedAt, one.promoted]));
    expect(memoOf(state)).toMatchObject({ windows: windows.length, retrainings: plain.retrainings.length });
  }
}

const columns = fc.subarray(['mass', 'island', 'bill'], { minLength: 0 });
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('count' as const), columns }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), promoted: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 12 * DAY }) }) },
  fc.record({ do: fc.constant('freeze' as const), frozen: fc.boolean() }),
  fc.record({
    do: fc.constant('configure' as const),
    reference: fc.constantFrom('first', 'second'),
    retrain: fc.option(
      fc.record({ most: fc.integer({ min: 1, max: 4 }), cooldownMs: fc.constantFrom(0, DAY, 5 * DAY) }),
      { freq: 4 },
    ),
  }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

function apply(pair: Pair, asked: Command): void {
  switch (asked.do) {
    case 'count':
      return pair.count(asked.columns);
    case 'begin':
      return void pair.begin();
    case 'end':
      return pair.end(asked.promoted);
    case 'wait':
      pair.now += asked.ms;
      return;
    case 'freeze':
      return pair.freeze(asked.frozen);
    case 'configure':
      return pair.configure(configOf(asked.reference, asked.retrain));
  }
}

describe('a monitor', () => {
  test('knows after any events what the plain rules make of all that ever happened', () => {
    let begun = 0;
    let promoted = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 60, maxLength: 120 }), (commands) => {
        const pair = new Pair(configOf('first'));
        for (const one of commands) {
          apply(pair, one);
          pair.compare();
        }
        begun += pair.plain.retrainings.length;
        promoted += pair.plain.retrainings.filter((one) => one.promoted).length;
      }),
      { numRuns: 30 },
    );
    // The draws come to what they are drawn for.
    expect(begun).toBeGreaterThan(15);
    expect(promoted).toBeGreaterThan(3);
  });

  test('goes on alike from what it carried, wherever it continued as new', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), fc.nat(79), (commands, at) => {
        const unbroken = new Pair(configOf('first'));
        const broken = new Pair(configOf('first'));
        commands.forEach((one, index) => {
          if (index === at) broken.state = JSON.parse(JSON.stringify(broken.state)) as MonitorState;
          apply(unbroken, one);
          apply(broken, one);
        });
        expect(broken.state).toEqual(unbroken.state);
      }),
      { numRuns: 100 },
    );
  });

  test('says until when it waits: a moment before, the same stands against it, and at that moment no longer', () => {
    let waited = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 30, maxLength: 80 }), (commands) => {
        const pair = new Pair(configOf('first', { most: 1 }));
        for (const one of commands) {
          apply(pair, one);
          const { waiting, until } = mayRetrain(pair.state, pair.now);
          if (until === undefined) continue;
          waited++;
          expect(until).toBeGreaterThan(pair.now);
          expect(mayRetrain(pair.state, until - 1).waiting).toBe(waiting);
          expect(mayRetrain(pair.state, until).waiting).not.toBe(waiting);
        }
      }),
      { numRuns: 100 },
    );
    expect(waited).toBeGreaterThan(100);
  });

  test('never begins more retrainings within 30 days than it may, nor one before the other has cooled down', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * DAY }), { minLength: 60, maxLength: 60 }), (waits) => {
        const most = 50;
        const cooldownMs = 3_600_000;
        const pair = new Pair(configOf('first', { most, cooldownMs }));
        for (const wait of waits) {
          pair.count(['mass']);
          if (pair.begin()) pair.end(false);
          pair.now += Math.floor(wait / 40);
        }
        const { retrainings } = pair.plain;
        retrainings.forEach(({ startedAt }, at) => {
          expect(startedAt - (retrainings[at - 1]?.endedAt ?? -Infinity)).toBeGreaterThanOrEqual(cooldownMs);
          const month = retrainings.filter((one) => one.startedAt > startedAt - 30 * DAY && one.startedAt <= startedAt);
          expect(month.length).toBeLessThanOrEqual(most);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a window that was compared before the new model was accepted began another retraining for what it has learned', () => {
    const pair = new Pair(configOf('first', { cooldownMs: 0 }));
    pair.count(['mass']);
    expect(pair.begin()).toBe(true);
    const ask = { config: pair.state.config, accepted: pair.state.accepted };
    pair.end(true);
    expect(changedSince(pair.state, ask)).toBe('accepted');
    const late = withoutFindings(takenWindow(2, ['mass']));
    const state = countWindow(pair.state, late);
    expect(state).toMatchObject({ pending: null, windows: 2, drifted: 1, cursor: '2-0' });
    expect(mayRetrain(state, pair.now)).toEqual({ go: false, waiting: null });
  });

  test('tells whether what a window was compared with has changed since, and never by what is the same', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), fc.nat(39), (commands, at) => {
        const pair = new Pair(configOf('first', { cooldownMs: 0 }));
        let ask = { config: pair.state.config, accepted: pair.state.accepted };
        commands.forEach((one, index) => {
          if (index === at) ask = structuredClone({ config: pair.state.config, accepted: pair.state.accepted });
          apply(pair, one);
        });
        const { config, accepted } = pair.state;
        const digests = (refs: readonly Ref<File>[]): string => refs.map(({ digest }) => digest).join();
        const expected =
          config.reference.digest !== ask.config.reference.digest
            ? 'reference'
            : digests(accepted) === digests(ask.accepted)
              ? null
              : 'accepted';
        expect(changedSince(pair.state, ask)).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps the rows of the last four new models as normal, and none once the reference is another', () => {
    const pair = new Pair(configOf('first', { cooldownMs: 0, most: 50 }));
    for (let round = 0; round < 6; round++) {
      pair.count(['mass']);
      expect(pair.begin()).toBe(true);
      pair.end(true);
      pair.compare();
    }
    const ask = { config: pair.state.config, accepted: pair.state.accepted };
    expect(ask.accepted.map(({ digest }) => digest)).toEqual([3, 4, 5, 6].map((n) => file(`rows of ${n}`).digest));
    pair.configure(configOf('second'));
    pair.configure(configOf('first'));
    pair.compare();
    expect(pair.state.accepted).toEqual([]);
    expect(changedSince(pair.state, ask)).toBe('accepted');
  });

  test('a window without findings says none, though it counts', () => {
    const { window, ...place } = withoutFindings(takenWindow(7, ['mass', 'bill']));
    expect(window).toMatchObject({ number: 7, rows: 10, drifted: false, findings: [] });
    expect(place).toEqual({ ready: true, cursor: '7-0', entries: 7, lost: 0 });
  });

  test('keeps the newest 50 notes, and what went wrong until all goes right', () => {
    let state = newMonitor(configOf('first'));
    for (let at = 0; at < 70; at++) state = note(state, at, `note ${at}`);
    expect(state.notes.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, i) => i + 20));
    expect(healthy(state)).toBe(state);
    expect(healthy({ ...state, problem: 'Redis is away' })).toEqual(state);
  });
});

describe('why a new model does not serve', () => {
  test('is said in the words of the result, the nearest first, and short', () => {
    expect(whyNot({ result: { promoted: false, why: 'f1 0.81 against 0.84' } })).toBe('f1 0.81 against 0.84');
    expect(whyNot({ verdict: 'not better: it is older' })).toBe('it is older');
    expect(whyNot({ inner: { why: 'within' }, reason: 'without' })).toBe('without');
    expect(whyNot({ why: 'x'.repeat(1000) })).toHaveLength(300);
  });

  test('is found in any result without failing, and only where it is not too deep', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (result) => {
        expect(whyNot(result)).not.toBe('');
      }),
    );
    const deep = (depth: number): unknown => (depth === 0 ? { why: 'deep' } : { inner: deep(depth - 1) });
    expect([3, 4].map((depth) => whyNot(deep(depth)))).toEqual(['deep', 'its pipeline did not deploy it']);
  });
});
