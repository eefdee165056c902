import { describe, expect, it } from 'vitest';
import { boolean, categorical, conditional, createStudy, float, int, ordinal, Study } from '../index.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true }),
  drop: float(0, 0.6, { step: 0.1 }),
  layers: int(1, 8),
  size: ordinal(['s', 'm', 'l']),
  bias: boolean(),
  model: conditional({
    svm: { C: float(1e-3, 1e3, { log: true }), kernel: categorical(['rbf', 'linear']) },
    forest: { trees: int(8, 512, { log: true }) },
  }),
};

describe.each(['random', 'tpe', 'auto'] as const)('a study with %s', (sampler) => {
  it('goes on from JSON exactly as without', () => {
    const make = () => createStudy({ space, sampler, seed: 7 });
    const score = (p: { rate: number; layers: number }) => (Math.log10(p.rate) + 3) ** 2 + p.layers;
    const straight = make();
    let broken: Study = Study.fromJSON(make().toJSON());
    for (let i = 0; i < 40; i++) {
      const a = straight.ask();
      const b = broken.ask();
      expect(b).toEqual(a);
      straight.tell(a.number, score(a.params));
      broken.tell(b.number, score(a.params));
      broken = Study.fromJSON(JSON.parse(JSON.stringify(broken)));
    }
    expect(broken.best).toEqual(straight.best);
  });

  it('takes proposals that were made elsewhere as if it had made them', () => {
    const here = createStudy({ space, sampler, seed: 3 }) as Study;
    const straight = createStudy({ space, sampler, seed: 3 }) as Study;
    for (let i = 0; i < 25; i++) {
      const proposal = JSON.parse(
        JSON.stringify(Study.fromJSON(JSON.parse(JSON.stringify(here))).propose()),
      ) as ReturnType<Study['propose']>;
      const asked = here.accept(proposal);
      expect(asked).toEqual(straight.ask());
      expect(() => here.accept(proposal)).toThrow('MLH-STALE-PROPOSAL');
      here.tell(asked.number, i % 5);
      straight.tell(asked.number, i % 5);
    }
    expect(here.toJSON()).toEqual(straight.toJSON());
  });

  it('does not depend on how the space was written', () => {
    const turned = Object.fromEntries(Object.entries(space).reverse());
    const a = createStudy({ space, sampler });
    const b = createStudy({ space: turned, sampler });
    for (let i = 0; i < 20; i++) {
      const x = a.ask();
      expect(b.ask()).toEqual(x);
      a.tell(x.number, i);
      b.tell(x.number, i);
    }
  });
});
