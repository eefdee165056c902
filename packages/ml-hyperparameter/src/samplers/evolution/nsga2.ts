import { crowding, dominationRanks } from '../../numeric/pareto.js';
import type { Observation } from '../../study/trial.js';
import type { Sampler } from '../contract.js';
import { startPoint } from '../sequences.js';
import { cross, mutate } from './variation.js';

/** How NSGA-II works. */
export interface Nsga2Options {
  /** Trials that are kept as parents (default: an eighth of the budget, from 10 to 50; 30 without a budget). */
  readonly population?: number;
}

/** Trials by constrained domination rank and crowding, the best first. */
export function byDomination(trials: readonly Observation[]): Observation[] {
  const feasible = trials.filter((t) => t.losses !== undefined && t.violation === 0);
  const broken = trials
    .filter((t) => t.losses !== undefined && t.violation > 0)
    .sort((a, b) => a.violation - b.violation || a.number - b.number);
  const ranks = dominationRanks(feasible.map((t) => t.losses as readonly number[]));
  const fronts: Observation[][] = [];
  feasible.forEach((t, i) => (fronts[ranks[i] as number] ??= []).push(t));
  const ordered = fronts.flatMap((front) => {
    const room = crowding(front.map((t) => t.losses as readonly number[]));
    return front
      .map((t, i) => ({ t, room: room[i] as number }))
      .sort((a, b) => (a.room === b.room ? a.t.number - b.t.number : b.room - a.room))
      .map((e) => e.t);
  });
  return [...ordered, ...broken];
}

/**
 * NSGA-II in a steady state: every child is bred from the best trials known when it is asked, so that no trial waits
 * for a generation to end. Infeasible trials stand behind all feasible ones.
 * Source: Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II (2002).
 */
export function nsga2Sampler(options: Nsga2Options = {}): Sampler {
  return {
    name: 'nsga2',
    suggest: (view) => {
      const size =
        options.population ?? (view.budget === undefined ? 30 : Math.max(10, Math.min(50, view.budget >> 3)));
      const complete = view.history.filter((t) => t.state === 'complete');
      if (complete.length < size) return { point: startPoint(view, view.drawn) };
      const parents = byDomination(complete).slice(0, size);
      const pick = (): Observation =>
        parents[Math.min(view.random.below(parents.length), view.random.below(parents.length))] as Observation;
      for (let tries = 0; tries < 100; tries++) {
        const child =
          view.random.uniform() < 0.9 ? cross(view.domain, pick().point, pick().point, view.random) : pick().point;
        const point = mutate(view.domain, child, view.random, 1 / view.domain.dimensions.length);
        if (view.domain.allows(point)) return { point };
      }
      return { point: view.domain.draw(view.random) };
    },
  };
}
