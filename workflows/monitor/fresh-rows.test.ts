import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText } from '../../core/digest.js';
import type { Kind, Ref } from '../../core/kinds.js';
import type { MonitorConfig, Retraining, WindowAnswer } from './contract.js';
import { begin, countWindow, end, newMonitor } from './ledger.js';

const ref = <K extends Kind>(kind: K['kind'], name: string): Ref<K> => ({ kind, digest: digestText(name), size: 1 });
const config: MonitorConfig = {
  endpoint: 'birds',
  reference: ref('file', 'reference'),
  table: ref('table', 'training'),
  columns: [],
  label: { name: 'species', type: 'text' },
  window: 40,
  alpha: 0.01,
  minEffect: 0.1,
  everyMs: 60_000,
  retrain: { pipeline: 'birds', params: {}, leastLabelled: 1, cooldownMs: 0, most: 1000 },
};

const answer = (number: number, drifted: boolean): Extract<WindowAnswer, { ready: true }> => ({
  ready: true,
  cursor: `${number}-0`,
  entries: number,
  lost: 0,
  window: {
    ...{ number, rows: 40, labelled: 40, accuracy: 1, from: number, to: number, versions: [1], drifted, findings: [] },
    table: ref('table', `window ${number}`),
    report: ref('json', `report ${number}`),
  },
});
const retraining = (number: number): Retraining => ({
  ...{ number, run: `birds-${number}`, pipeline: 'birds', startedAt: 0, window: 1, columns: [], labelled: 40 },
  fresh: ref('table', `fresh ${number}`),
});

type Step = 'drifted' | 'calm' | 'retrain' | 'promoted' | 'kept';

test('rows that a model which serves has learned from never come as fresh rows again: it is compared on what it has not seen', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom<Step>('drifted', 'drifted', 'calm', 'retrain', 'retrain', 'promoted', 'kept'), {
        maxLength: 60,
      }),
      (steps) => {
        let state = newMonitor(config);
        let [windows, started] = [0, 0];
        let asked: readonly string[] | undefined;
        let retrained = 0;
        const learned = new Set<string>();
        for (const step of steps) {
          if (step === 'drifted' || step === 'calm') state = countWindow(state, answer(++windows, step === 'drifted'));
          else if (step === 'retrain') {
            if (asked !== undefined || !state.pending?.open) continue;
            asked = state.pending.tables.map(({ digest }) => digest);
            expect(asked.filter((digest) => learned.has(digest))).toEqual([]);
            retrained++;
            state = begin(state, retraining(++started));
          } else if (asked !== undefined) {
            const promoted = step === 'promoted';
            // Only what serves has learned them: a challenger that was not promoted is gone.
            if (promoted) for (const digest of asked) learned.add(digest);
            state = end(state, started, { endedAt: 0, promoted, verdict: step });
            asked = undefined;
          }
        }
        fc.pre(retrained > 1);
      },
    ),
  ));
