import { expect, it } from 'vitest';
import { figuresOfVersion, sayMeasured } from './version-figures.js';

const metrics = { 'validation.f1.macro': 0.87, 'validation.accuracy': 0.88, 'validation.f1.micro': 0.88 };

it('a version shows what the sealed test says, apart from what tuning has chosen by', () => {
  const evidence = { report: 'sha256-ab', figures: { n: 76, accuracy: 0.77, f1: { macro: 0.75 } }, cause: null };
  const { tested, trained } = figuresOfVersion({ metrics, evidence, signature: null });
  expect(tested && sayMeasured(tested)).toBe('f1.macro 0.75, accuracy 0.77 on 76 rows');
  expect(tested?.report).toBe('sha256-ab');
  expect(trained.map((one) => `${one.on}: ${sayMeasured(one)}`)).toEqual(['validation: f1.macro 0.87, accuracy 0.88']);
});

it('a version without evidence, or with one that has no figures, was not tested', () => {
  for (const evidence of [null, { cause: null }, { report: 'sha256-ab', figures: { left: 'too large' } }])
    expect(figuresOfVersion({ metrics, evidence, signature: null }).tested).toBeUndefined();
});

it('a version shows the figures of its task, by what its signature says', () => {
  const figures = { n: 40, task: 'regression', rmse: 3.25, mae: 2.5, r2: 0.9, f1: { macro: 1 } };
  const { tested, trained } = figuresOfVersion({
    metrics: { 'validation.rmse': 3, 'validation.mae': 2, 'validation.f1.macro': 1 },
    evidence: { report: 'sha256-ab', figures, cause: null },
    signature: { task: 'regression', label: 'price' },
  });
  expect(tested && sayMeasured(tested)).toBe('rmse 3.25, mae 2.5, r2 0.9 on 40 rows');
  expect(trained.map(sayMeasured)).toEqual(['rmse 3, mae 2']);
});

it('a version of a former release, whose signature names no task, shows figures of classes', () => {
  for (const signature of [null, { label: 'species' }, { task: 'binary' }])
    expect(figuresOfVersion({ metrics, evidence: null, signature }).trained.map(sayMeasured)).toEqual([
      'f1.macro 0.87, accuracy 0.88',
    ]);
});
