/**
 * Three real tuning problems, tabulated once from trainings on real data (`peers/tabulate.py`), as search problems:
 * the regret is the distance to the table's least loss.
 */
import { readFileSync } from 'node:fs';
import { conditional, ordinal, type AnyConfiguration, type Space } from 'ml-hyperparameter';
import type { Problem } from './problems.js';

interface Table {
  readonly axes: Readonly<Record<string, readonly (number | string)[]>>;
  readonly losses: readonly number[];
}

const spaceOf = (table: Table): Space =>
  Object.fromEntries(Object.entries(table.axes).map(([name, values]) => [name, ordinal(values)]));

function lossIn(table: Table, p: AnyConfiguration): number {
  let at = 0;
  for (const [name, values] of Object.entries(table.axes)) at = at * values.length + values.indexOf(p[name] as never);
  return table.losses[at] as number;
}

/** The problems of a file that `tabulate.py` wrote. */
export function realProblems(path: string | URL): Record<string, Problem> {
  const { source: _, ...tables } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>;
  return Object.fromEntries(
    Object.entries(tables).map(([name, found]) => {
      if ('losses' in (found as object)) {
        const table = found as Table;
        const least = Math.min(...table.losses);
        return [name, { space: spaceOf(table), loss: (p) => lossIn(table, p) - least }] as const;
      }
      const branches = found as Record<string, Table>;
      const least = Math.min(...Object.values(branches).flatMap((t) => t.losses));
      const space = {
        learner: conditional(Object.fromEntries(Object.entries(branches).map(([key, t]) => [key, spaceOf(t)]))),
      };
      return [name, { space, loss: (p) => lossIn(branches[p['learner'] as string] as Table, p) - least }] as const;
    }),
  );
}
