import { describe, expect, it } from 'vitest';
import { createStudy, Domain, float, type Observation, type SamplerSpec, type Study } from '../index.js';
import { generator } from '../random.js';
import { makeSampler } from '../samplers/index.js';

const space = { x: float(0, 1), y: float(0, 1) };
const domain = new Domain(space);

/** Complete trials that count how often their point is looked at. */
function counted(n: number): { history: Observation[]; looks: () => number } {
  let looks = 0;
  const history = Array.from({ length: n }, (_, number) => {
    const at = domain.draw(generator(4, number));
    const losses = [((at[0] as number) - 0.3) ** 2 + (at[1] as number)];
    return {
      number,
      get point() {
        looks++;
        return at;
      },
      state: 'complete' as const,
      losses,
      violation: 0,
      constraints: [],
      curve: [],
    };
  });
  return { history, looks: () => looks };
}

describe.each(['tpe', 'auto'] as const)('a suggestion of %s', (name) => {
  it('looks at no more points after 5,000 trials than after 1,000', () => {
    const looksAfter = (n: number): number => {
      const { history, looks } = counted(n);
      const view = { domain, seed: 1, number: n, drawn: n, history, objectives: 1, budget: undefined, parallel: 1 };
      makeSampler({ name }).suggest({ ...view, random: generator(1, n), memory: undefined });
      return looks();
    };
    const few = looksAfter(1000);
    expect(few).toBeGreaterThan(0);
    expect(looksAfter(5000)).toBeLessThan(1.1 * few);
  });
});

it.each<SamplerSpec['name']>(['tpe', 'evolution'])(
  'a study with %s keeps as much of each trial as of any other',
  (name) => {
    const study = createStudy({ space, sampler: { name } as SamplerSpec, seed: 2 }) as Study;
    const sizes = [0, 1, 2, 3].map(() => {
      for (let i = 0; i < 100; i++) {
        const { number, params } = study.ask();
        study.report(number, 1, 0.5);
        study.tell(number, (params['x'] as number) + (params['y'] as number));
      }
      return JSON.stringify(study).length;
    });
    const [first, , third, fourth] = sizes as [number, number, number, number];
    expect(fourth - third).toBeLessThan(1.2 * first);
  },
);
