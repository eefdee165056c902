import { expect, it } from 'vitest';
import { createStudy, float, int, ordinal } from '../../index.js';

it('hardly tries a configuration of a countable space twice while others are left, and goes on when none is', () => {
  const space = { a: ordinal([1, 2, 3, 4, 5]), b: int(0, 7) };
  const study = createStudy({ space, sampler: 'cma-es', seed: 1 });
  const seen = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const { number, params } = study.ask();
    if (i < 35) seen.add(JSON.stringify(params));
    study.tell(number, (params.a - 2) ** 2 + (params.b - 5) ** 2);
  }
  expect(seen.size).toBeGreaterThan(30);
  expect(study.best?.value).toBe(0);
});

it('settles in the valley of a smooth loss', () => {
  const study = createStudy({ space: { x: float(-2, 2), y: float(-2, 2) }, sampler: 'cma-es', seed: 2 });
  for (let i = 0; i < 80; i++) {
    const { number, params } = study.ask();
    study.tell(number, (params.x - 0.7) ** 2 + 10 * (params.y - params.x) ** 2);
  }
  expect(study.best?.value).toBeLessThan(1e-3);
});

it('tries each whole number in the end, however sure the screening process is of the others', () => {
  const losses = [(x: number) => -x, (x: number, y: number) => -x + (y - 0.3) ** 2];
  for (const loss of losses) {
    let missed = 0;
    for (let seed = 0; seed < 12; seed++) {
      const study = createStudy({ space: { x: int(0, 3), y: float(0, 1) }, sampler: 'cma-es', seed });
      for (let i = 0; i < 100; i++) {
        const { number, params } = study.ask();
        study.tell(number, loss(params.x, params.y));
      }
      if (!study.trials.some((trial) => trial.params.x === 3)) missed += 1;
    }
    expect(missed).toBe(0);
  }
});
