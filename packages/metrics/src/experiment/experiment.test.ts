import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomFrom, type Random } from '@trainyard/numeric';
import {
  joinArms,
  joinOutcomes,
  judgeExperiment,
  meanDeviations,
  mismatchOdds,
  newcombe,
  normalQuantile,
  outcomeTotalsOf,
  planExperiment,
  rowsFor,
  shareDeviations,
} from '../index.js';
import { experimentPlan, experimentQuestion, experimentVerdict, type ArmTotals } from '../contract.js';

const reference = JSON.parse(readFileSync(new URL('../reference/experiment.json', import.meta.url), 'utf8')) as {
  shares: { control: number; effect: number; ratio: number; alpha: number; power: number; rows: number }[];
  means: { deviation: number; effect: number; ratio: number; alpha: number; power: number; rows: number }[];
  newcombe: { first: [number, number]; second: [number, number]; z: number; low: number; high: number }[];
};
const off = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

test('rows for shares and means, and intervals of differences of shares, equal those of statsmodels', () => {
  for (const { control, effect, ratio, alpha, power, rows } of reference.shares) {
    const deviations = shareDeviations(control, control + effect, ratio);
    expect(off(rowsFor(effect, deviations, normalQuantile(alpha / 2), power), rows)).toBeLessThan(1e-9);
  }
  for (const { deviation, effect, ratio, alpha, power, rows } of reference.means)
    expect(off(rowsFor(effect, meanDeviations(deviation, ratio), normalQuantile(alpha / 2), power), rows)).toBeLessThan(1e-9); // prettier-ignore
  for (const { first, second, z, low, high } of reference.newcombe) {
    const share = ([successes, trials]: [number, number]) => ({ successes, trials });
    const [from, to] = newcombe(share(first), share(second), z);
    expect(Math.abs(from - low) + Math.abs(to - high)).toBeLessThan(1e-9);
  }
});

const ask = (question: object) => planExperiment(experimentQuestion.parse(question));
const sales = { type: 'share', name: 'sale', base: 0.2, effect: 0.05 } as const;
const revenue = { type: 'mean', name: 'revenue', deviation: 2, effect: 0.3 } as const;
const errors = { type: 'share', name: 'error', base: 0.05, better: 'smaller', margin: 0.03 } as const;

type Draw = (random: Random, arm: 0 | 1) => Record<string, number>;

/** Looks after every `batch` rows of each arm, until the experiment ends. */
function run(plan: ReturnType<typeof ask>, draw: Draw, seed: number, batch = 50) {
  const random = randomFrom(8, seed);
  const arms: [ArmTotals, ArmTotals] = [
    { rows: 0, outcomes: {} },
    { rows: 0, outcomes: {} },
  ];
  for (;;) {
    for (const arm of [0, 1] as const) {
      const rows = Array.from({ length: batch }, () => draw(random, arm));
      const outcomes = Object.keys(rows[0]!).map((name) => [name, outcomeTotalsOf(rows.map((row) => row[name]!))]);
      arms[arm] = joinArms(arms[arm], { rows: batch, outcomes: Object.fromEntries(outcomes) as ArmTotals['outcomes'] });
    }
    const verdict = judgeExperiment(plan, { control: arms[0], treatment: arms[1] });
    if (verdict.ended) return verdict;
  }
}

/** How often each verdict ends an experiment, and after how many rows of the treatment. */
function ends(plan: ReturnType<typeof ask>, draw: Draw, times: number) {
  const found: Record<string, number> = {};
  let rows = 0;
  for (let seed = 0; seed < times; seed++) {
    const { verdict, rows: seen } = run(plan, draw, seed);
    found[verdict] = (found[verdict] ?? 0) + 1 / times;
    rows += seen.treatment / times;
  }
  return { of: (verdict: string) => found[verdict] ?? 0, rows };
}

const chance = (random: Random, p: number): number => Number(random.uniform() < p);
const skewed = (random: Random): number => -Math.log(1 - random.uniform()) * 2;

describe('looked at after every batch of rows', () => {
  test('arms that are alike are called different in at most 5 % of experiments, for shares and for skewed means', () => {
    const shares = ends(ask({ metric: sales }), (random) => ({ sale: chance(random, 0.2) }), 300);
    expect(shares.of('better') + shares.of('worse')).toBeLessThanOrEqual(0.05);
    const rare = ask({ metric: { ...sales, base: 0.02, effect: 0.02 } });
    const shared = ends(rare, (random) => ({ sale: chance(random, 0.02) }), 300);
    expect(shared.of('better') + shared.of('worse')).toBeLessThanOrEqual(0.05);
    const means = ends(ask({ metric: revenue }), (random) => ({ revenue: skewed(random) }), 300);
    expect(means.of('better') + means.of('worse')).toBeLessThanOrEqual(0.05);
  });

  test('a test for one look, looked at as often, calls arms that are alike different far more often', () => {
    const [looks, batch, times] = [80, 50, 200];
    let found = 0;
    for (let seed = 0; seed < times; seed++) {
      const random = randomFrom(4, seed);
      let [n, control, treatment] = [0, 0, 0];
      for (let look = 0; look < looks; look++) {
        for (let i = 0; i < batch; i++) [n, control, treatment] = [n + 1, control + chance(random, 0.2), treatment + chance(random, 0.2)]; // prettier-ignore
        const [low, high] = newcombe({ successes: control, trials: n }, { successes: treatment, trials: n }, 1.96);
        if (n < 200 || (low <= 0 && high >= 0)) continue;
        found++;
        break;
      }
    }
    expect(found / times).toBeGreaterThan(0.15);
  });

  test('an effect as planned is found with the power that was planned, mostly before the planned rows are seen', () => {
    const plan = ask({ metric: sales, power: 0.8 });
    const shares = ends(plan, (random, arm) => ({ sale: chance(random, arm === 0 ? 0.2 : 0.25) }), 200);
    expect(shares.of('better')).toBeGreaterThan(0.75);
    expect(shares.rows).toBeLessThan(0.75 * plan.most.treatment);
    const means = ends(ask({ metric: revenue }), (random, arm) => ({ revenue: skewed(random) - 0.3 * arm }), 200);
    expect(means.of('worse')).toBeGreaterThan(0.75);
  });

  test('a guard that is kept stops at most 5 % of experiments, one that is broken stops nearly all', () => {
    const plan = ask({ metric: sales, guards: [errors] });
    const draw =
      (error: number): Draw =>
      (random, arm) => ({ sale: chance(random, 0.2 + 0.05 * arm), error: chance(random, arm === 0 ? 0.05 : error) });
    // As much worse as is allowed: the hardest case.
    const edge = ends(plan, draw(0.08), 200);
    expect(edge.of('stopped')).toBeLessThanOrEqual(0.05);
    expect(edge.of('better')).toBeLessThanOrEqual(0.05);
    expect(ends(plan, draw(0.05), 100).of('better')).toBeGreaterThan(0.7);
    expect(ends(plan, draw(0.2), 100).of('stopped')).toBeGreaterThan(0.95);
  });

  test('a split as planned is called broken in at most 1 of 1,000 experiments, one that loses rows is seen', () => {
    const alarms = (share: number, times: number): number => {
      let found = 0;
      for (let seed = 0; seed < times; seed++) {
        const random = randomFrom(9, seed);
        let [control, treatment] = [0, 0];
        for (let row = 0; row < 4000; row++) {
          if (random.uniform() < share) treatment++;
          else control++;
          if (row % 50 === 0 && mismatchOdds(control, treatment, 0.5) >= 1000) {
            found++;
            break;
          }
        }
      }
      return found;
    };
    expect(alarms(0.5, 400)).toBeLessThanOrEqual(1);
    expect(alarms(0.45, 50)).toBeGreaterThan(40);
  });
});

const arm = (rows: number, shares: Record<string, number>): ArmTotals => ({
  rows,
  outcomes: Object.fromEntries(
    Object.entries(shares).map(([name, p]) => [name, { n: rows, mean: p, spread: rows * p * (1 - p) }]),
  ),
});

test('a verdict is said in words, by its contract', () => {
  const plan = ask({ metric: { ...sales, better: 'larger' }, guards: [errors], control: 'old', treatment: 'new' });
  const say = (control: ArmTotals, treatment: ArmTotals): [string, string, boolean] => {
    const { verdict, says, ended } = experimentVerdict.parse(judgeExperiment(plan, { control, treatment }));
    return [verdict, says, ended];
  };
  const nothing: ArmTotals = { rows: 0, outcomes: {} };
  expect(say(nothing, nothing)).toEqual(['too early', 'too early: 0 rows of old and 0 of new have "sale", and below 200 of each nothing is said', false]); // prettier-ignore
  expect(say(arm(300, { sale: 0.2, error: 0.05 }), arm(300, { sale: 0.22, error: 0.05 }))[1]).toMatch(/^too early: the difference is between -0\.\d+ to 0\.\d+ after 300 rows of old and 300 of new; \d+ and \d+ are planned$/); // prettier-ignore
  expect(say(arm(9000, { sale: 0.2, error: 0.05 }), arm(9000, { sale: 0.25, error: 0.05 }))).toEqual(['better', expect.stringMatching(/^new is better than old by 0\.05 \(0\.0\d+ to 0\.0\d+\); all guard metrics are kept$/), true]); // prettier-ignore
  expect(say(arm(9000, { sale: 0.2, error: 0.05 }), arm(9000, { sale: 0.1, error: 0.05 }))).toEqual(['worse', expect.stringMatching(/^new is worse than old by 0\.1 /), true]); // prettier-ignore
  expect(say(arm(9000, { sale: 0.2, error: 0.05 }), arm(9000, { sale: 0.25, error: 0.2 }))).toEqual(['stopped', expect.stringMatching(/^stopped: guard metric "error" of new got worse by 0\.15 .*, and 0\.03 is allowed$/), true]); // prettier-ignore
  expect(say(arm(90_000, { sale: 0.2, error: 0.05 }), arm(90_000, { sale: 0.2, error: 0.05 }))[0]).toBe('alike');
  expect(say(arm(9000, { sale: 0.2 }), arm(8000, { sale: 0.2 }))).toEqual(['not valid', expect.stringMatching(/^not valid: new has 47.1 % of the rows where 50 % were planned/), true]); // prettier-ignore
  // Better, and a guard that nobody knows of.
  expect(say(arm(900, { sale: 0.2 }), arm(900, { sale: 0.4 }))[1]).toMatch(/^too early: new is better .* but whether "error" got worse/); // prettier-ignore
  const whole = Math.max(plan.most.control, plan.most.treatment);
  expect(say(arm(whole, { sale: 0.2 }), arm(whole, { sale: 0.4 }))[0]).toBe('cannot tell');
});

test('a plan says the rows for one look and for many, the outcome that takes the most, and keeps its contract', () => {
  const plan = ask({ metric: sales, guards: [errors], share: 0.2 });
  expect(experimentPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  expect(plan.most.control).toBe(Math.ceil(plan.most.treatment * 4));
  expect(plan.most.treatment / plan.fixed.treatment).toBeLessThan(2.5);
  expect(ask({ metric: { ...sales, base: 0.002, effect: 0.001 } }).least).toBe(5000);
  expect(() => ask({ metric: { ...sales, base: 0.97 } })).toThrow('would be 1.02');
  expect(() => ask({ metric: sales, guards: [{ ...errors, name: 'sale' }] })).toThrow('"sale" is named twice');
  expect(() => ask({ metric: sales, control: 'B' })).toThrow('the same name');
  const arms = { control: arm(500, { sale: 12 }), treatment: arm(500, { sale: 0 }) };
  expect(() => judgeExperiment(plan, arms)).toThrow('planned as a share');
});

test('totals of windows are those of all rows, in any grouping', () => {
  const random = randomFrom(3);
  const values = Array.from({ length: 999 }, () => 1e6 + random.uniform());
  const whole = outcomeTotalsOf(values);
  const joined = [values.slice(0, 10), [], values.slice(10, 600), values.slice(600)].map(outcomeTotalsOf).reduce(joinOutcomes); // prettier-ignore
  expect(joined.n).toBe(999);
  expect(off(joined.mean, whole.mean)).toBeLessThan(1e-12);
  expect(off(joined.spread, whole.spread)).toBeLessThan(1e-6);
  expect(outcomeTotalsOf([null, 1, null])).toEqual({ n: 1, mean: 1, spread: 0 });
});
