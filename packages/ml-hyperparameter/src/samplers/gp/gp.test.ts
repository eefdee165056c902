import { describe, expect, it } from 'vitest';
import { categorical, conditional, createStudy, float, int, type Space } from '../../index.js';
import { generator } from '../../random.js';
import { Domain } from '../../space/index.js';
import { logExpectedImprovement, logFeasibility, sumOf } from './acquisition.js';
import { featuresOf, rowOf } from './features.js';
import { fit, neutralHyperparameters } from './fit.js';
import { Model } from './model.js';

const space: Space = {
  a: float(0, 1),
  b: float(0, 1),
  c: categorical(['u', 'v']),
  m: conditional({ x: { k: int(1, 9) }, y: {} }),
};
const domain = new Domain(space);
const features = featuresOf(domain);
const points = Array.from({ length: 30 }, (_, i) => domain.draw(generator(1, i)));
const rows = points.map((p) => rowOf(features, p));
const values = rows.map((r) => Math.sin(5 * (r[0] as number)) + (r[1] as number) ** 2 + (r[2] as number) * 0.3);

describe('a process', () => {
  const { hyperparameters, cost } = fit(features, rows, values, neutralHyperparameters(features), 60);
  const model = new Model(features, rows, values, hyperparameters, 2);

  it('has hyperparameters that no small step betters', () => {
    for (let i = 0; i < hyperparameters.length; i++) {
      for (const step of [-0.05, 0.05]) {
        const moved = hyperparameters.slice();
        moved[i] = (moved[i] as number) + step;
        expect(fit(features, rows, values, moved, 1).cost).toBeGreaterThan(cost - 0.02);
      }
    }
  });

  it('goes through what it was told, and is unsure elsewhere', () => {
    rows.forEach((row, i) => {
      const { mean, deviation } = model.posterior(row);
      expect(mean).toBeCloseTo(values[i] as number, 2);
      expect(deviation).toBeLessThan(0.05);
    });
  });

  it('has gradients that agree with differences, for improvement and for constraints', () => {
    const part = sumOf(
      [logExpectedImprovement(model, -0.5, features.count), logFeasibility(model, 0.2, features.count)],
      features.count,
    );
    const gradient = new Float64Array(features.count);
    for (let s = 0; s < 20; s++) {
      const row = rowOf(features, domain.draw(generator(2, s)));
      part.value(row);
      part.gradient(gradient);
      features.dimension.forEach((_, f) => {
        if (features.nominal[f] === 1) return;
        const at = (step: number): number => part.value(Float64Array.from(row, (v, g) => (g === f ? v + step : v)));
        const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        expect(Math.abs(slope - (gradient[f] as number))).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope)));
      });
    }
  });

  it('is surer where it believes, and believes what it expects', () => {
    const row = rowOf(features, domain.draw(generator(3)));
    const before = model.posterior(row);
    model.believe(row);
    const after = model.posterior(row);
    expect(after.deviation).toBeLessThan(0.2 * before.deviation + 0.01);
    expect(after.mean).toBeCloseTo(before.mean, 2);
  });
});

describe('the sampler', () => {
  const loss = (p: { model: string; x?: number; y?: number }): number =>
    p.model === 'near' ? 0.1 + ((p.x as number) - 0.7) ** 2 : ((p.y as number) - 0.2) ** 2;
  const tree = { model: conditional({ near: { x: float(0, 1) }, far: { y: float(0, 1) } }) };

  it('settles in the right branch of a conditional space, at the right place', () => {
    const study = createStudy({ space: tree, sampler: 'gp', seed: 1 });
    for (let i = 0; i < 30; i++) {
      const { number, params } = study.ask();
      study.tell(number, loss(params));
    }
    expect(study.best?.value).toBeLessThan(1e-6);
  });

  it('asks different points while trials run', () => {
    const study = createStudy({ space: { x: float(0, 1), y: float(0, 1) }, sampler: 'gp', seed: 2 });
    for (let i = 0; i < 10; i++) {
      const { number, params } = study.ask();
      study.tell(number, Math.sin(9 * params.x) + Math.cos(7 * params.y + 2 * params.x));
    }
    const batch = study.askMany(6).map((t) => t.params);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < i; j++)
        expect(Math.hypot(batch[i]!.x - batch[j]!.x, batch[i]!.y - batch[j]!.y)).toBeGreaterThan(1e-3);
  });

  it('finds the best point that keeps an outcome constraint', () => {
    const study = createStudy({ space: { x: float(0, 1), y: float(0, 1) }, sampler: 'gp', seed: 3 });
    for (let i = 0; i < 35; i++) {
      const { number, params } = study.ask();
      study.tell(number, { values: params.x + params.y, constraints: [0.5 - params.x * 2 - params.y] });
    }
    // The least x + y with 2x + y ≥ 0.5 is 0.25, at x = 0.25, y = 0.
    expect(study.best?.value).toBeLessThan(0.26);
    expect(study.best?.value).toBeGreaterThan(0.25 - 1e-9);
  });
});
