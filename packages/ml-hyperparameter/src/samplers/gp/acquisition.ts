/** Log expected improvement, and log chances of keeping outcome constraints. */
import { exp, log } from '../../numeric/elementary.js';
import { logCdf, logDensity, logImprovement } from '../../numeric/normal.js';
import type { Acquisition } from './acquire.js';
import type { Model } from './model.js';

/** Log expected improvement of a model's value below an incumbent. */
export function logExpectedImprovement(model: Model, incumbent: number, count: number): Acquisition {
  const meanGradient = new Float64Array(count);
  const deviationGradient = new Float64Array(count);
  return {
    value: (row) => {
      const { mean, deviation } = model.posterior(row);
      return log(deviation) + logImprovement((incumbent - mean) / deviation);
    },
    gradient: (row, gradient) => {
      const { mean, deviation } = model.posteriorWithGradient(row, meanGradient, deviationGradient);
      const z = (incumbent - mean) / deviation;
      const improvement = logImprovement(z);
      const byMean = -exp(logCdf(z) - improvement) / deviation;
      const byDeviation = exp(logDensity(z) - improvement) / deviation;
      for (let f = 0; f < count; f++)
        gradient[f] = byMean * (meanGradient[f] as number) + byDeviation * (deviationGradient[f] as number);
      return log(deviation) + improvement;
    },
  };
}

/** Log chance that a model's value is at most `threshold`. */
export function logFeasibility(model: Model, threshold: number, count: number): Acquisition {
  const meanGradient = new Float64Array(count);
  const deviationGradient = new Float64Array(count);
  return {
    value: (row) => {
      const { mean, deviation } = model.posterior(row);
      return logCdf((threshold - mean) / deviation);
    },
    gradient: (row, gradient) => {
      const { mean, deviation } = model.posteriorWithGradient(row, meanGradient, deviationGradient);
      const z = (threshold - mean) / deviation;
      const chance = logCdf(z);
      const slope = exp(logDensity(z) - chance) / deviation;
      for (let f = 0; f < count; f++)
        gradient[f] = -slope * ((meanGradient[f] as number) + z * (deviationGradient[f] as number));
      return chance;
    },
  };
}

/** The sum of several: the log of their product. */
export function sumOf(parts: readonly Acquisition[], count: number): Acquisition {
  if (parts.length === 1) return parts[0] as Acquisition;
  const one = new Float64Array(count);
  return {
    value: (row) => parts.reduce((s, p) => s + p.value(row), 0),
    gradient: (row, gradient) => {
      gradient.fill(0);
      let value = 0;
      for (const part of parts) {
        value += part.gradient(row, one);
        for (let f = 0; f < count; f++) gradient[f] = (gradient[f] as number) + (one[f] as number);
      }
      return value;
    },
  };
}
