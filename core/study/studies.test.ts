import { float, int, categorical } from 'ml-hyperparameter';
import { describe, expect, it } from 'vitest';
import type { StudyAsk } from './ask.js';
import type { StudyState } from './state.js';
import { StudyBook } from '../../workflows/study/book.js';
import {
  bestSoFar,
  bestTrial,
  livePlots,
  readableStudy,
  readingPlots,
  sparkline,
  studyFraction,
  studyLeftMs,
  studyParts,
  studySentence,
  studyText,
} from './index.js';

const ask: StudyAsk = {
  target: { kind: 'node', name: 'train.forest' },
  shared: {},
  space: { lr: float(1e-4, 1, { log: true }), depth: int(1, 12), '<kind>': categorical(['a', 'b']) },
  restrictions: [],
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  objectives: [{ name: 'loss', at: 'out.loss', direction: 'minimize' }],
  constraints: [],
  choose: 'balanced',
  trials: 40,
  parallel: 2,
  failures: 5,
};
const SECOND = 1_000;

/** A study as its Workflow keeps it: each trial takes a second, every fifth is pruned, every seventh fails. */
function searched(trials: number, running = 0, over = false): StudyState {
  const book = new StudyBook(ask, { run: 'r/tune', name: 'tune', seed: 7, now: 0 }, null);
  for (let n = 0; n < trials + running; n++) {
    const { params } = book.begin(book.searched.propose(), n * SECOND);
    if (n >= trials) continue;
    const loss = Math.abs(Math.log10(Number(params['lr'])) + 2) + Number(params['depth']) / 12;
    const state = n % 5 === 4 ? 'pruned' : n % 7 === 6 ? 'failed' : 'complete';
    book.trials[n]!.reports.push([1, loss + 1]);
    const end = {
      state,
      ms: SECOND,
      found: false,
      cost: 1,
      ...(state === 'complete' ? { values: [loss] } : {}),
    } as const;
    book.end(n, end, (n + 1) * SECOND);
    book.tell();
  }
  if (over) [book.status, book.endedAt, book.ended] = ['done', trials * SECOND, 'all 40 trials were begun'];
  return book.state(trials * SECOND);
}

describe('a study in words', () => {
  it('tells its trials, the best so far, what runs and the time left, and how it ended', () => {
    const state = searched(20, 2);
    const best = bestTrial(state)!;
    const least = Math.min(...state.trials.flatMap(({ values }) => values ?? []));
    expect(best.values).toEqual([least]);
    const said = studySentence(state, 20 * SECOND);
    expect(said).toContain('20 of 40 trials');
    expect(said).toContain(`best loss ${Number(least.toPrecision(4))} (trial ${best.number})`);
    expect(said).toMatch(/2 running, 4 pruned, \d+ failed.*, about \d+ s left/);
    expect(studySentence(searched(40, 0, true), 99 * SECOND)).toMatch(/^40 trials, best loss .* pruned, \d+ failed$/);
    expect(studyParts(searched(0)).map(({ texts }) => texts[0])).toEqual(['0 of 40 trials']);
  });

  it('expects an end that comes nearer, and none before a trial has ended', () => {
    expect(studyLeftMs(searched(0, 2), SECOND)).toBeUndefined();
    const left = [10, 20, 30].map((n) => studyLeftMs(searched(n, 2), n * SECOND)!);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    // Thirty are left, two at once, a second each.
    expect(left[0]).toBe(15 * SECOND);
    expect([0, 10, 40].map((n) => studyFraction(searched(n)))).toEqual([0, 0.25, 1]);
  });

  it('does not promise the pace of the first trials, which also load what the others find loaded', () => {
    const state = searched(10, 2);
    const slow = state.trials.map((trial) =>
      trial.number < 2 ? { ...trial, startedAt: trial.startedAt - 300 * SECOND } : trial,
    );
    expect(studyLeftMs({ ...state, trials: slow }, 10 * SECOND)).toBe(15 * SECOND);
    expect(studyLeftMs({ ...state, trials: slow.slice(0, 2) }, 10 * SECOND)).toBeUndefined();
  });

  it('does not say "0 ms left" while trials run that take longer than those before', () => {
    const state = searched(38, 2);
    expect(studyLeftMs(state, 100 * SECOND)).toBeUndefined();
    expect(studySentence(state, 100 * SECOND)).toMatch(/2 running(?!.*left)/);
  });

  it('is a text with its curve, the best first and then the newest, at most forty', () => {
    const state = searched(60);
    const text = studyText(state, 60 * SECOND);
    const rows = text.split('\n').slice(4);
    expect(rows[0]).toMatch(new RegExp(`^ +${state.best} +best `));
    expect(rows[1]).toMatch(/^ +59 /);
    expect(text).toContain('… 20 more');
    expect(text.split('\n')[0]).toMatch(/^best loss so far {2}[▁▂▃▄▅▆▇█]+ {2}[\d.]+ → [\d.]+$/);
  });

  it('has a curve that only falls where less is better, and bars no wider than asked', () => {
    const curve = bestSoFar(searched(40)).map(({ best }) => best!);
    expect(curve).toEqual(curve.toSorted((a, b) => b - a));
    expect(sparkline(curve, 10)).toHaveLength(10);
    expect(sparkline([1, 1])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });
});

describe('a study in drawings', () => {
  it('draws what there is: curves while it runs, importance and slices of every parameter at the end', () => {
    const study = (trials: number) => readableStudy(searched(trials));
    expect(livePlots(study(0))).toEqual([]);
    expect(readingPlots(study(2))).toEqual([]);
    expect(livePlots(study(40)).map(({ name }) => name)).toEqual(['history', 'curves']);
    const read = readingPlots(study(40));
    expect(read.slice(0, 2).map(({ name }) => name)).toEqual(['importance', 'parallel']);
    expect(new Set(read.slice(2).map(({ name }) => name))).toEqual(
      new Set(['slice-lr', 'slice-depth', 'slice-<kind>']),
    );
    // Where importance is read from a part of them, it says so.
    expect(read[0]).not.toHaveProperty('note');
    const complete = searched(200).counts.complete;
    expect(complete).toBeGreaterThan(100);
    expect(readingPlots(study(200))[0]?.note).toContain(`100 of the ${complete} complete trials`);
    for (const { svg } of [...livePlots(study(40)), ...read]) expect(svg).not.toMatch(/NaN|undefined|Infinity|<kind>/);
  });
});
