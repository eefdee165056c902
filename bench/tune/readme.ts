/** Writes the tables of README.md from what `data/` holds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill } from '../section.js';
import { aimsTable } from './aims.js';
import { data, here, readOurs, readPeers, readPeerVolumes, readTimed, type Timed, type Times } from './measured.js';
import { problems } from './problems.js';
import { budgetOf } from './pruning.js';
import { realProblems } from './real.js';
import { againstBest, compare, PAIRS, pruningTable, say, volumesTable, type Regret } from './tables.js';

function timesTable({ ours, optuna }: Timed): string[] {
  const columns = Object.keys(ours).flatMap((s) => ['100', '1000'].map((n) => [s, n] as const));
  const row = (title: string, from: Times, problem: string): string =>
    `| ${title} | ${columns
      .map(([s, n]) => {
        const t = from[s]?.[problem]?.[n];
        return t === undefined ? '' : `${say(t.processor_ms)} (${say(t.median_ms)})`;
      })
      .join(' | ')} |`;
  return [
    `| | ${columns.map(([s, n]) => `${s}, ${n}`).join(' | ')} |`,
    `| --- | ${'---: | '.repeat(columns.length)}`.trim(),
    row('6 floats', ours, 'hartmann6'),
    row('6 floats, Optuna', optuna, 'hartmann6'),
    row('mixed', ours, 'mixed'),
    row('mixed, Optuna', optuna, 'mixed'),
  ];
}

function growthTable({ growth }: Timed): string[] {
  const ends = Object.values(growth)[0]?.map((s) => s.trials) ?? [];
  return [
    `| | ${ends.map((n) => `to ${n}`).join(' | ')} |`,
    `| --- | ${'---: | '.repeat(ends.length)}`.trim(),
    ...Object.entries(growth).map(
      ([sampler, stretches]) =>
        `| ${sampler} | ${stretches
          .map((s) => `${say(s.processor_ms)} ms, ${Math.round(s.bytes)} B, ${say(s.heap / 1024)} KiB`)
          .join(' | ')} |`,
    ),
  ];
}

/** Writes all sections; what was not measured yet stays out. */
export function writeReadme(): void {
  const kept = readOurs();
  const peers = { regret: readPeers(), objectives: readPeerVolumes() };
  // On these spaces and budgets `auto` picks the process, suggestion by suggestion the same.
  const regret: Regret = Object.fromEntries(
    Object.entries(kept.regret).map(([name, found]) => [
      name,
      found['gp'] === undefined ? found : { ...found, auto: found['gp'] },
    ]),
  );
  const tables = (only: readonly string[]): string[] => [
    ...PAIRS.flatMap(([mine, peer]) => compare(regret, peers.regret, mine, peer, only)),
    ...againstBest(regret, peers.regret, 'auto', only),
  ];
  const timed = readTimed();
  const formulas = Object.keys(problems);
  const sections = {
    aims: aimsTable({ ...kept, regret } as typeof kept, peers, timed, formulas),
    regret: tables(formulas),
    'real problems': tables(Object.keys(realProblems(data('tables.json')))),
    pruning: pruningTable(kept.pruning, budgetOf),
    objectives: volumesTable(kept.objectives, peers.objectives),
    ...(timed === undefined ? {} : { times: timesTable(timed), growth: growthTable(timed) }),
  };
  const path = join(here, 'README.md');
  const text = Object.entries(sections).reduce(
    (before, [name, lines]) => fill(before, name, lines),
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, text);
}
