import { expect, it } from 'vitest';
import { figuresOfVersion, sayMeasured } from './version-figures.js';

const metrics = { 'validation.f1.macro': 0.87, 'validation.accuracy': 0.88, 'validation.f1.micro': 0.88 };

it('a version shows what the sealed test says, apart from what tuning has chosen by', () => {
  const evidence = { report: 'sha256-ab', figures: { n: 76, accuracy: 0.77, f1: { macro: 0.75 } }, cause: null };
  const { tested, trained } = figuresOfVersion({ metrics, evidence });
  expect(tested && sayMeasured(tested)).toBe('f1.macro 0.75, accuracy 0.77 on 76 rows');
  expect(tested?.report).toBe('sha256-ab');
  expect(trained.map((one) => `${one.on}: ${sayMeasured(one)}`)).toEqual(['validation: f1.macro 0.87, accuracy 0.88']);
});

it('a version without evidence, or with one that has no figures, was not tested', () => {
  for (const evidence of [null, { cause: null }, { report: 'sha256-ab', figures: { left: 'too large' } }])
    expect(figuresOfVersion({ metrics, evidence }).tested).toBeUndefined();
});
