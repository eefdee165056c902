import { categorical, conditional, float, forbid, int, linear } from 'ml-hyperparameter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

const x = { x: float(0, 1) };
const fine = { space: x, objective: 'out.score', trials: 3 };

/** What is asked, the option that the refusal names, and what it says. */
const CASES: readonly [what: string, options: object, field: string, ...words: string[]][] = [
  // Spaces.
  ['no space', { space: undefined }, 'space', 'no parameters'],
  ['an empty space', { space: {} }, 'space', 'no parameters'],
  ['a space that is a list', { space: [float(0, 1)] }, 'space', 'space is a list', 'made by float, int'],
  ['a parameter that is none', { space: { x: 3 } }, 'space.x', 'space.x is 3', 'made by float, int'],
  ['a range upside down', { space: { x: float(1, 0) } }, 'space.x', 'Swap the two'],
  ['the log of zero', { space: { x: float(0, 1, { log: true }) } }, 'space.x', 'a log scale cannot reach 0'],
  ['half an integer', { space: { steps: int(0.5, 9) } }, 'space.steps', 'does not take 0.5 for "steps"'],
  ['nothing to choose from', { space: { x: categorical([]) } }, 'space.x', 'nothing to choose'],
  ['a choice twice', { space: { x: categorical([0.5, 0.5]) } }, 'space.x', 'twice'],
  ['no branches', { space: { x: conditional({}) } }, 'space.x', 'no branches'],
  ['values that the node does not take', { space: { x: float(0, 1.5) } }, 'space.x', 'does not take 1.5 for "x"'],
  ['a parameter that the node has not', { space: { y: float(0, 1) } }, 'space.y', 'no parameter "y"'],
  ['a parameter searched and given', { params: { x: 0.5 } }, 'space.x', 'given for all trials'],
  ['restrictions that nothing keeps', { restrictions: [linear({ x: 1 }, -1)] }, 'space', 'no configuration was found'],
  ['a restriction on what is not there', { restrictions: [forbid({ z: 1 })] }, 'space', 'names "z"'],
  ['restrictions that are no list', { restrictions: forbid({ x: 1 }) }, 'restrictions', 'a list of linear'],
  // Samplers and pruners.
  ['an unknown sampler', { sampler: 'tpee' }, 'sampler', 'did you mean "tpe"?'],
  ['a sampler that is a number', { sampler: 3 }, 'sampler', 'sampler is 3', 'a name'],
  ['an unknown pruner', { pruner: 'medain' }, 'pruner', 'did you mean "median"?'],
  [
    'a grid larger than the budget',
    { sampler: 'grid', space: { x: float(0, 1, { step: 0.1 }) } },
    'space',
    'the grid is larger than the budget',
    'at most 3 configurations',
    'actual:   11',
  ],
  ['a grid of a range without steps', { sampler: 'grid' }, 'space.x', 'cannot list a range without steps'],
  ['rungs that do not fit', { pruner: { name: 'asha', min: 20 } }, 'pruner', 'do not fit "steps" 9'],
  // Objectives and limits.
  ['no objective', { objective: undefined }, 'objective', 'it has no objective'],
  ['an objective that is a number', { objective: 3 }, 'objective', 'objective is 3'],
  ['an unknown output', { objective: 'ot.score' }, 'objective', 'did you mean "out"?'],
  [
    'objectives as a list',
    { objective: undefined, objectives: [{ at: 'out.score', direction: 'maximize' }] },
    'objectives',
    'objectives is a list',
    'by name',
  ],
  [
    'objectives as texts',
    { objective: undefined, objectives: { score: 'out.score' } },
    'objectives.score',
    'objectives.score is "out.score"',
    'by name',
  ],
  ['no objectives', { objective: undefined, objectives: {} }, 'objective', 'it has no objective'],
  ['both', { objectives: { score: { at: 'out.score', direction: 'maximize' } } }, 'objectives', 'both'],
  ['an unknown direction', { direction: 'up' }, 'direction', '"up" is no direction'],
  [
    'an unknown objective to choose by',
    { choose: 'scroe', objective: undefined, objectives: { score: { at: 'out.score', direction: 'maximize' } } },
    'choose',
    'did you mean "score"?',
  ],
  [
    'a constraint without a limit',
    { constraints: { size: { at: 'out.size' } } },
    'constraints.size',
    'it has no limit',
  ],
  [
    'a limit that is a text',
    { constraints: { size: { at: 'out.size', most: '9' } } },
    'constraints.size.most',
    'is "9"',
  ],
  ['constraints as a list', { constraints: [{ at: 'out.size', most: 9 }] }, 'constraints', 'constraints is a list'],
  // Budgets.
  ['nothing that ends it', { trials: undefined }, 'trials', 'nothing says when it ends'],
  ['no trials', { trials: 0 }, 'trials', 'trials is 0'],
  ['half a trial', { trials: 2.5 }, 'trials', 'trials is 2.5'],
  ['trials as a text', { trials: '3' }, 'trials', 'trials is "3"'],
  ['none at once', { parallel: 0 }, 'parallel', 'parallel is 0'],
  ['no failures', { failures: 0 }, 'failures', 'failures is 0'],
  ['no length of time', { time: 'soon' }, 'time', '"soon" is no length of time', "'2 hours'"],
  ['no time', { time: 0 }, 'time', '"0" is no length of time'],
  ['no cost', { cost: 0 }, 'cost', 'cost is 0'],
  ['a cost from nowhere', { cost: { most: 1, at: 'price' } }, 'cost', 'no output "price"'],
  ['a chance of two', { enough: { chance: 2 } }, 'enough', 'between 0 and 1'],
  ['a chance that is a number', { enough: 0.05 }, 'enough', 'enough is 0.05'],
  // Names.
  ['a mistyped option', { prunner: 'median' }, 'prunner', 'no option "prunner"', 'did you mean "pruner"?'],
  ['a parameter for all that the node has not', { params: { slat: 'a' } }, 'slat', 'no input or parameter "slat"'],
  [
    'a parameter for all that it does not take',
    { params: { steps: 'many' } },
    'steps',
    'does not take "many" for "steps"',
  ],
  ['folds that are no list', { folds: { data: 1 } }, 'folds', 'a list'],
  ['no folds', { folds: [] }, 'folds', 'folds is empty'],
  [
    'one outer fold',
    { nested: [{ search: { salt: 'a' }, held: { salt: 'b' } }] },
    'nested',
    'at least two outer folds',
  ],
  ['outer folds of folds', { nested: { search: {}, held: {} } }, 'nested', 'at least two outer folds'],
  ['an outer fold that nothing judges', { nested: [{ search: {} }, { search: {} }] }, 'nested.0.held', 'is undefined'],
  [
    'an outer fold with an input that the node has not',
    {
      nested: [
        { search: { salt: 'a' }, held: { slat: 'b' } },
        { search: {}, held: { salt: 'b' } },
      ],
    },
    'nested.0.held.slat',
    'did you mean "salt"?',
  ],
  [
    'an outer fold that gives what is searched',
    {
      nested: [
        { search: { salt: 'a' }, held: { x: 0.5 } },
        { search: {}, held: { salt: 'b' } },
      ],
    },
    'nested.0.held.x',
    '"x" is searched',
  ],
  ['folds with inputs that the node has not', { folds: [{ data: 1 }] }, 'folds.0.data', 'no input or parameter "data"'],
];

/** Studies that cannot be run as they are asked, by programs without types. */
describe('a study that is refused', () => {
  let server: TemporalService;
  let probe: Probe;
  let refusals: readonly ({ code: string; where: { field?: string }; message: string } | null)[] = [];
  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
    const asked = CASES.map(([, options]) => ({ ...fine, ...options }));
    const outcome = await probe.run('untyped-studies', { asked } as never, { id: 'untyped' });
    if (outcome.state === 'failed') throw outcome.error;
    ({ refusals } = outcome.result as unknown as { refusals: typeof refusals });
  });
  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  it.each(CASES.map((one, i) => [one[0], i] as const))('%s', (_, i) => {
    const [, , field, ...words] = CASES[i]!;
    expect(refusals[i]).toMatchObject({ code: 'TY-STUDY', where: { node: 'climb.train', field } });
    for (const one of words) expect(refusals[i]?.message).toContain(one);
  });

  it('has run nothing', async () => {
    expect((await probe.graph('untyped')).nodes).toEqual([]);
  });
});
