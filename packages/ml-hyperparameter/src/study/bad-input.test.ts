import { describe, expect, it } from 'vitest';
import {
  categorical,
  conditional,
  createStudy,
  float,
  forbid,
  int,
  linear,
  SearchError,
  Study,
  type Restriction,
  type Space,
} from '../index.js';

const x = { x: float(0, 1) };
const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SearchError);
    return (error as SearchError).code;
  }
  return 'nothing thrown';
};

describe('a space that cannot be', () => {
  it.each<[string, Space, string, string]>([
    ['empty', {}, 'MLH-EMPTY-SPACE', 'no parameters'],
    ['upside down', { a: float(2, 1) }, 'MLH-BAD-PARAMETER', 'Swap the two'],
    ['log of zero', { a: float(0, 1, { log: true }) }, 'MLH-BAD-PARAMETER', 'log scale cannot reach 0'],
    ['not a number', { a: float(NaN, 1) }, 'MLH-BAD-PARAMETER', 'not a number'],
    ['half an integer', { a: int(0.5, 2) }, 'MLH-BAD-PARAMETER', 'not whole'],
    ['log and step', { a: float(1, 2, { log: true, step: 0.1 }) }, 'MLH-BAD-PARAMETER', 'both log and step'],
    ['a step of nothing', { a: float(1, 2, { step: 0 }) }, 'MLH-BAD-PARAMETER', 'step'],
    ['no choices', { a: categorical([]) }, 'MLH-BAD-PARAMETER', 'nothing to choose'],
    ['a choice twice', { a: categorical(['u', 'u']) }, 'MLH-BAD-PARAMETER', 'twice'],
    ['no branches', { a: conditional({}) }, 'MLH-BAD-PARAMETER', 'no branches'],
    ['a name under itself', { a: conditional({ b: { a: int(0, 1) } }) }, 'MLH-CLASHING-NAMES', '"a"'],
    [
      'a name in two branches that meet',
      { p: conditional({ u: { k: int(0, 1) } }), q: conditional({ v: { k: int(0, 1) } }) },
      'MLH-CLASHING-NAMES',
      '"k"',
    ],
    ['no parameter at all', { a: 3 as never }, 'MLH-BAD-PARAMETER', 'not a parameter'],
    ['a list', [float(0, 1)] as never, 'MLH-BAD-PARAMETER', 'the space is a list'],
    ['too wide', { a: float(-1.7e308, 1.7e308) }, 'MLH-BAD-PARAMETER', 'too wide'],
    ['a branch that is no space', { a: conditional({ u: 3 as never }) }, 'MLH-BAD-PARAMETER', 'parameter "a=u"'],
  ])('%s', (_, space, expected, words) => {
    expect(code(() => createStudy({ space }))).toBe(expected);
    expect(() => createStudy({ space })).toThrow(words);
  });

  it('restrictions that nothing keeps, and restrictions on what is not there', () => {
    const study = createStudy({ space: x, restrictions: [linear({ x: 1 }, -1)], sampler: 'random' });
    expect(code(() => study.ask())).toBe('MLH-CONTRADICTION');
    expect(() => study.ask()).toThrow('Loosen the restrictions');
    const grid = createStudy({ space: { a: int(1, 3) }, restrictions: [linear({ a: 1 }, -1)], sampler: 'grid' });
    expect(code(() => grid.ask())).toBe('MLH-CONTRADICTION');
  });

  it.each<[string, Restriction, string]>([
    ['names what is not there', forbid({ y: 1 }), 'names "y", which is not in the space; expected c, x'],
    ['forbids what cannot be', forbid({ c: 'w' }), 'forbids what "c" cannot be; got "w"'],
    ['weighs a choice', linear({ c: 1 }, 0), 'weighs "c", which is no number'],
    ['weighs by no number', linear({ x: NaN }, 0), 'the weight of "x"'],
    ['has no limit', linear({ x: 1 }, NaN), 'the limit of a linear restriction is not a number'],
  ])('a restriction that %s', (_, restriction, words) => {
    const make = (): unknown =>
      createStudy({ space: { ...x, c: categorical(['u', 'v']) }, restrictions: [restriction] });
    expect(code(make)).toBe('MLH-BAD-OPTION');
    expect(make).toThrow(words);
  });
});

describe('a grid', () => {
  it('larger than the budget', () => {
    const study = createStudy({ space: { a: int(1, 9), b: int(1, 9) }, sampler: 'grid', trials: 50 });
    expect(() => study.ask()).toThrow('expected at most 50 configurations; got 81');
  });
  it('far larger than the budget, which is counted and not listed', () => {
    for (const high of [1e9, 2 ** 53 - 2]) {
      for (const log of [false, true]) {
        const study = createStudy({ space: { a: int(1, high, { log }) }, sampler: 'grid', trials: 6 });
        expect(() => study.ask()).toThrow(`expected at most 6 configurations; got ${high}`);
      }
    }
    const unplanned = createStudy({ space: { a: int(1, 1e9) }, sampler: 'grid' });
    expect(() => unplanned.ask()).toThrow('expected at most 100000 configurations, restrictions aside; got 1000000000');
  });
  it('of whole numbers on a log scale, each once', () => {
    const study = createStudy({ space: { a: int(1, 500, { log: true }) }, sampler: 'grid', trials: 500 });
    expect(
      study
        .askMany(500)
        .map((t) => t.params.a)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });
  it('without steps', () =>
    expect(code(() => createStudy({ space: x, sampler: 'grid' }).ask())).toBe('MLH-GRID-INFINITE'));
  it('at its end', () => {
    const study = createStudy({ space: { a: int(1, 3) }, sampler: 'grid' });
    expect(
      study
        .askMany(3)
        .map((t) => t.params.a)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(code(() => study.ask())).toBe('MLH-GRID-EXHAUSTED');
  });
});

describe('what is told', () => {
  it('twice, to nobody, in another shape, under another name', () => {
    const study = createStudy({ space: x, sampler: 'random', directions: { loss: 'minimize', size: 'maximize' } });
    const { number } = study.ask();
    expect(code(() => study.tell(7, [1, 2]))).toBe('MLH-UNKNOWN-TRIAL');
    expect(code(() => study.tell(number, 1))).toBe('MLH-BAD-RESULT');
    expect(code(() => study.tell(number, { loss: 1, sise: 2 }))).toBe('MLH-UNKNOWN-OBJECTIVE');
    expect(code(() => study.tell(number, { loss: 1 }))).toBe('MLH-BAD-RESULT');
    study.tell(number, { size: 2, loss: 1 });
    expect(study.trials[0]?.values).toEqual([1, 2]);
    expect(code(() => study.tell(number, [1, 2]))).toBe('MLH-TOLD-TWICE');
    expect(() => study.tell(number, [1, 2])).toThrow(
      'trial 0 has already ended; expected a running trial; got complete',
    );
    expect(code(() => study.report(number, 1, 1))).toBe('MLH-TOLD-TWICE');
    expect(code(() => study.tell('0' as never, [1, 2]))).toBe('MLH-UNKNOWN-TRIAL');
    const next = study.ask().number;
    expect(() => study.tell(next, { loss: 1, sise: 2 })).toThrow('of the name "sise"; at trial 1; expected loss, size');
    expect(() => study.report(next, 1, '0.5' as never)).toThrow('a report is not a number; at trial 1; got "0.5"');
  });
  it('no number: the trial has failed, and says so', () => {
    const study = createStudy({ space: x, sampler: 'random' });
    study.tell(study.ask().number, NaN);
    expect(study.trials[0]).toMatchObject({ state: 'failed', reason: 'the objective "value" was NaN' });
    expect(study.best).toBeUndefined();
  });
  it('only failures: stopped after n, with the first reason', () => {
    const study = createStudy({ space: x, giveUpAfter: 3 });
    for (const reason of ['no such file', 'b', 'c']) study.fail(study.ask().number, reason);
    expect(() => study.ask()).toThrow('first reason: no such file');
  });
  it('outside the space', () => {
    const study = createStudy({ space: { x: float(0, 1), c: categorical(['u', 'v']) } });
    expect(() => study.enqueue({ x: 2, c: 'u' })).toThrow('parameter "x"; expected a number from 0 to 1; got 2');
    expect(() => study.enqueue({ x: 1, c: 'w' as never })).toThrow('expected one of "u", "v"; got "w"');
    expect(() => study.enqueue({ x: 1, c: 'u', d: 1 } as never)).toThrow('has "d"');
    expect(() => study.enqueue(null as never)).toThrow('a configuration is not an object');
    expect(code(() => study.add({ x: -1, c: 'u' }, 1))).toBe('MLH-OUTSIDE-SPACE');
    expect(study.trials).toEqual([]);
  });
  it('against a restriction', () => {
    const options = { space: x, restrictions: [linear({ x: 1 }, 0.5)] };
    expect(() => createStudy({ ...options, first: [{ x: 0.9 }] })).toThrow('breaks a restriction');
    expect(code(() => createStudy(options).enqueue({ x: 0.9 }))).toBe('MLH-OUTSIDE-SPACE');
  });
});

it('options and names that are not there', () => {
  expect(code(() => createStudy({ space: x, sampler: { name: 'bayes' } as never }))).toBe('MLH-UNKNOWN-SAMPLER');
  expect(code(() => createStudy({ space: x, pruner: { name: 'axe' } as never }))).toBe('MLH-UNKNOWN-PRUNER');
  expect(code(() => createStudy({ space: x, sampler: 3 as never }))).toBe('MLH-UNKNOWN-SAMPLER');
  expect(code(() => createStudy({ space: x, seed: 0.5 }))).toBe('MLH-BAD-OPTION');
  expect(code(() => createStudy({ space: x, directions: [] }))).toBe('MLH-BAD-OPTION');
  expect(code(() => createStudy({ space: x, directions: 'up' as never }))).toBe('MLH-BAD-OPTION');
  expect(code(() => createStudy({ space: x, sampler: 'cma-es', directions: ['minimize', 'minimize'] }).ask())).toBe(
    'MLH-NOT-SUPPORTED',
  );
  expect(code(() => Study.fromJSON({}))).toBe('MLH-BAD-JSON');
  expect(code(() => Study.fromJSON(null))).toBe('MLH-BAD-JSON');
  expect(code(() => Study.fromJSON({ ...createStudy({ space: x }).toJSON(), sampler: null }))).toBe('MLH-BAD-JSON');
});

it.each<[string, object, string]>([
  [
    'not there',
    { sampler: { name: 'tpe', startups: 3 } },
    '"tpe" has no option "startups"; expected startup, candidates',
  ],
  [
    'below its least',
    { sampler: { name: 'tpe', candidates: 0 } },
    'at candidates; expected a whole number of at least 1; got 0',
  ],
  ['no number', { sampler: { name: 'cma-es', sigma: 'wide' } }, 'at sigma; expected a number over 0; got "wide"'],
  ['no share', { pruner: { name: 'percentile', keep: 25 } }, 'at keep; expected a number between 0 and 1; got 25'],
  [
    'inside another',
    { pruner: { name: 'patience', patience: 3, inner: { name: 'asha', eta: 1 } } },
    'at eta; expected a number over 1',
  ],
])('an option of a sampler or pruner that is %s', (_, options, words) => {
  const make = (): unknown => createStudy({ space: x, ...options });
  expect(code(make)).toBe('MLH-BAD-OPTION');
  expect(make).toThrow(words);
});
