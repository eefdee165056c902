/**
 * Real tuning problems, tabulated once from trainings on real data (`peers/tabulate.py`, `peers/tabulate_curves.py`), as
 * search problems: the regret is the distance to the table's least loss.
 */
import { readFileSync } from 'node:fs';
import { conditional, ordinal, type AnyConfiguration, type Space } from 'ml-hyperparameter';
import type { Problem } from './problems.js';

interface Table {
  readonly axes: Readonly<Record<string, readonly (number | string)[]>>;
  readonly losses: readonly number[];
}

const spaceOf = (axes: Table['axes']): Space =>
  Object.fromEntries(Object.entries(axes).map(([name, values]) => [name, ordinal(values)]));

function placeIn(axes: Table['axes'], p: AnyConfiguration): number {
  let at = 0;
  for (const [name, values] of Object.entries(axes)) at = at * values.length + values.indexOf(p[name] as never);
  return at;
}

const lossIn = (table: Table, p: AnyConfiguration): number => table.losses[placeIn(table.axes, p)] as number;

/** What is searched by learning curves: what a configuration has reached after an epoch, and how far its end is off. */
export interface CurveProblem {
  readonly space: Space;
  readonly curve: (p: AnyConfiguration, epoch: number) => number;
  readonly regret: (p: AnyConfiguration) => number;
}

/** The learning curves of a file that `tabulate_curves.py` wrote, in units of the loss. */
export function realCurves(path: string | URL): Record<string, CurveProblem> {
  const { source: _, ...tables } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>;
  return Object.fromEntries(
    Object.entries(tables).map(([name, found]) => {
      const { axes, curves } = found as { axes: Table['axes']; curves: readonly (readonly number[])[] };
      const at = (p: AnyConfiguration): readonly number[] => curves[placeIn(axes, p)] as readonly number[];
      const end = (curve: readonly number[]): number => curve[curve.length - 1] as number;
      const least = Math.min(...curves.map(end));
      const problem: CurveProblem = {
        space: spaceOf(axes),
        curve: (p, epoch) => (at(p)[epoch - 1] as number) / 1e4,
        regret: (p) => (end(at(p)) - least) / 1e4,
      };
      return [name, problem] as const;
    }),
  );
}

/** The problems of a file that `tabulate.py` wrote. */
export function realProblems(path: string | URL): Record<string, Problem> {
  const { source: _, ...tables } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>;
  return Object.fromEntries(
    Object.entries(tables).map(([name, found]) => {
      if ('losses' in (found as object)) {
        const table = found as Table;
        const least = Math.min(...table.losses);
        return [name, { space: spaceOf(table.axes), loss: (p) => lossIn(table, p) - least }] as const;
      }
      const branches = found as Record<string, Table>;
      const least = Math.min(...Object.values(branches).flatMap((t) => t.losses));
      const space = {
        learner: conditional(Object.fromEntries(Object.entries(branches).map(([key, t]) => [key, spaceOf(t.axes)]))),
      };
      return [name, { space, loss: (p) => lossIn(branches[p['learner'] as string] as Table, p) - least }] as const;
    }),
  );
}
