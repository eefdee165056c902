import { describe, expect, it } from 'vitest';
import {
  categorical,
  conditional,
  contour,
  contourSvg,
  createStudy,
  curvesSvg,
  dependenceSvg,
  float,
  front,
  frontSvg,
  history,
  historySvg,
  hypervolumeHistory,
  hypervolumeSvg,
  importance,
  importanceSvg,
  int,
  parallelSvg,
  partialDependence,
  sliceSvg,
} from '../index.js';

const space = { big: float(0, 1), small: float(0, 1), none: float(0, 1), kind: categorical(['u', 'v']) };
const study = createStudy({ space, sampler: 'sobol', directions: 'maximize' });
for (const { number, params } of study.askMany(128)) {
  study.report(number, 1, params.big);
  study.tell(number, 10 * params.big + 3 * params.small + (params.kind === 'v' ? 2 : 0));
}
// Variances of the parts: 100/12, 9/12, 0, 1; shares 0.826, 0.074, 0, 0.099.
const SHARES = { big: 0.826, small: 0.074, none: 0, kind: 0.099 };

describe.each(['fanova', 'permutation'] as const)('importance by %s', (method) => {
  it('finds the shares of a sum of independent parts', () => {
    const found = Object.fromEntries(importance(study, { method }).map((i) => [i.name, i.share]));
    for (const [name, share] of Object.entries(SHARES))
      expect(Math.abs((found[name] as number) - share), name).toBeLessThan(0.06);
  });
});

it('partial dependence rises with what the objective rises with', () => {
  const { means } = partialDependence(study, 'big', { points: 6 });
  expect((means[5] as number) - (means[0] as number)).toBeGreaterThan(7);
  const { means: kinds, values } = partialDependence(study, 'kind');
  expect(values).toEqual(['u', 'v']);
  expect(Math.abs((kinds[1] as number) - (kinds[0] as number) - 2)).toBeLessThan(0.6);
  const map = contour(study, ['big', 'kind'], { points: 4 });
  expect(map.means.map((row) => row.length)).toEqual([4, 4]);
});

it('history keeps the best so far, by the direction', () => {
  const rows = history(study);
  rows.forEach((row, i) => expect(row.best).toBe(Math.max(...rows.slice(0, i + 1).map((r) => r.value as number))));
});

it('a front is what nothing dominates, and its hypervolume only grows', () => {
  const two = createStudy({ space, sampler: 'random', directions: { loss: 'minimize', gain: 'maximize' } });
  for (const { number, params } of two.askMany(40))
    two.tell(number, { loss: params.big + params.none, gain: params.big });
  const ends = front(two);
  for (const a of ends) {
    for (const t of two.trials)
      expect(
        (t.values?.[0] as number) < (a.values?.[0] as number) && (t.values?.[1] as number) > (a.values?.[1] as number),
      ).toBe(false);
  }
  const volumes = hypervolumeHistory(two, [2, 0]).map((v) => v.hypervolume);
  volumes.forEach((v, i) => expect(v).toBeGreaterThanOrEqual(i === 0 ? 0 : (volumes[i - 1] as number)));
  expect(frontSvg(two)).toContain('<svg');
  const drawn = hypervolumeSvg(two, [2, 0]);
  expect(drawn).toContain('hypervolume');
  expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
});

it('every plot is well-formed, escaped and free of NaN', () => {
  const odd = createStudy({
    space: { '<a>': conditional({ 'x"y': { n: int(1, 5) }, none: {} }), z: float(1e-6, 1, { log: true }) },
    sampler: 'random',
  });
  for (const { number, params } of odd.askMany(20)) {
    odd.report(number, 1, 2);
    if (number % 5 === 4) odd.prune(number);
    else odd.tell(number, params.z);
  }
  for (const any of [study, odd] as never[]) {
    const name = any === (study as never) ? 'big' : 'z';
    const other = any === (study as never) ? 'kind' : '<a>';
    const plots = [
      historySvg(any),
      curvesSvg(any),
      sliceSvg(any, name),
      sliceSvg(any, other),
      importanceSvg(any),
      dependenceSvg(any, name),
      dependenceSvg(any, other),
      contourSvg(any, [name, other], { points: 5 }),
      parallelSvg(any),
    ];
    for (const svg of plots) {
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      const stack: string[] = [];
      for (const [, close, tag, self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
        if (close === '/') expect(stack.pop()).toBe(tag);
        else if (self !== '/') stack.push(tag as string);
      }
      expect(stack).toEqual([]);
    }
  }
});

it('too few trials to read from, and names that are not there', () => {
  const empty = createStudy({ space });
  expect(() => importance(empty)).toThrow('MLH-NO-DATA');
  expect(() => importance(study, { objective: 'loss' })).toThrow('MLH-UNKNOWN-OBJECTIVE');
  expect(() => partialDependence(study, 'huge')).toThrow('no parameter of the name "huge"');
  expect(historySvg(empty)).toContain('<svg');
});
