/** A fitted process as a plain predictor, for samplers that screen their own candidates with one. */
import type { Point } from '../../space/index.js';
import type { SamplerView } from '../contract.js';
import { featuresOf, rowOf } from './features.js';
import { lessonsOf, thinned } from './lessons.js';
import { fit, neutralHyperparameters } from './fit.js';
import { Model } from './model.js';
import { warp } from './warp.js';

/** Expected loss, on a scale of its own, and the hyperparameters to start from next time. */
export interface Predictor {
  expect(point: Point): number;
  readonly theta: readonly number[];
}

/** Fits the logs of losses above the least, most of them at most `most` trials. */
export function predictorOf(
  view: SamplerView,
  theta: readonly number[] | undefined,
  most: number,
): Predictor | undefined {
  const features = featuresOf(view.domain);
  const lessons = thinned(lessonsOf(view), most);
  if (features.count === 0 || lessons.length < 2) return undefined;
  const rows = lessons.map((l) => rowOf(features, l.point));
  const losses = lessons.map((l) => l.loss);
  const { values } = warp(losses, 1);
  const start = theta?.length === features.count + 1 ? Float64Array.from(theta) : neutralHyperparameters(features);
  const { hyperparameters } = fit(features, rows, values, start, theta === undefined ? 25 : 5);
  const model = new Model(features, rows, values, hyperparameters);
  return { expect: (point) => model.expectation(rowOf(features, point)), theta: [...hyperparameters] };
}
