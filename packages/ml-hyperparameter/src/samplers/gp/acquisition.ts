/** Log expected improvement, and log chances of keeping outcome constraints. */
import { exp, log } from '../../numeric/elementary.js';
import { logCdf, logDensity, logImprovement } from '../../numeric/normal.js';
import type { Acquisition } from './acquire.js';
import type { Model } from './model.js';

/** Log expected improvement of a model's value below an incumbent. */
export function logExpectedImprovement(model: Model, incumbent: number, count: number): Acquisition {
  const meanGradient = new Float64Array(count);
  const deviationGradient = new Float64Array(count);
  let z = 0;
  let deviation = 1;
  let improvement = 0;
  return {
    value: (row) => {
      const posterior = model.posterior(row);
      deviation = posterior.deviation;
      z = (incumbent - posterior.mean) / deviation;
      improvement = logImprovement(z);
      return log(deviation) + improvement;
    },
    gradient: (into) => {
      model.gradients(meanGradient, deviationGradient);
      const byMean = -exp(logCdf(z) - improvement) / deviation;
      const byDeviation = exp(logDensity(z) - improvement) / deviation;
      for (let f = 0; f < count; f++)
        into[f] = byMean * (meanGradient[f] as number) + byDeviation * (deviationGradient[f] as number);
    },
  };
}

/** Log chance that a model's value is at most `threshold`. */
export function logFeasibility(model: Model, threshold: number, count: number): Acquisition {
  const meanGradient = new Float64Array(count);
  const deviationGradient = new Float64Array(count);
  let z = 0;
  let deviation = 1;
  let chance = 0;
  return {
    value: (row) => {
      const posterior = model.posterior(row);
      deviation = posterior.deviation;
      z = (threshold - posterior.mean) / deviation;
      chance = logCdf(z);
      return chance;
    },
    gradient: (into) => {
      model.gradients(meanGradient, deviationGradient);
      const slope = exp(logDensity(z) - chance) / deviation;
      for (let f = 0; f < count; f++)
        into[f] = -slope * ((meanGradient[f] as number) + z * (deviationGradient[f] as number));
    },
  };
}

/** The sum of several: the log of their product. */
export function sumOf(parts: readonly Acquisition[], count: number): Acquisition {
  if (parts.length === 1) return parts[0] as Acquisition;
  const one = new Float64Array(count);
  return {
    value: (row) => parts.reduce((s, p) => s + p.value(row), 0),
    gradient: (into) => {
      into.fill(0);
      for (const part of parts) {
        part.gradient(one);
        for (let f = 0; f < count; f++) into[f] = (into[f] as number) + (one[f] as number);
      }
    },
  };
}
