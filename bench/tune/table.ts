/**
 * Ours beside the peers', with Mann–Whitney at 5%: `node bench/tune/run.mjs table OURS.json PEERS.json`.
 * Both files are as `regret.ts` and `peers/optuna_regret.py` write them; prints Markdown.
 */
import { readFileSync } from 'node:fs';
import { mannWhitney } from './statistics.js';

interface Entry {
  readonly median: readonly number[];
  readonly all: readonly (readonly number[])[];
}
type Regret = Record<string, Record<string, Entry>>;
const MARKS = [25, 50, 100];
const PAIRS = [
  ['random', 'random'],
  ['tpe', 'tpe'],
  ['cma-es', 'cmaes'],
  ['gp', 'gp'],
  ['auto', 'tpe'],
] as const;

const read = (path: string): Regret => (JSON.parse(readFileSync(path, 'utf8')) as { regret: Regret }).regret;
const column = (e: Entry, m: number): number[] => e.all.map((row) => row[m] as number);

/** "+" better, "-" worse, "=" neither, at 5%. */
export function verdict(ours: Entry, theirs: Entry, mark: number): '+' | '-' | '=' {
  const { p, less } = mannWhitney(column(ours, mark), column(theirs, mark));
  return p >= 0.05 ? '=' : less ? '+' : '-';
}

function compare(ours: Regret, peers: Regret, mine: string, peer: string): string[] {
  const lines = [
    `### ${mine} beside Optuna's ${peer}`,
    '| problem | ' + MARKS.map((m) => `${m}: ours | ${m}: Optuna | `).join('') + '',
    '|---|' + '---:|---:|'.repeat(3),
  ];
  const tally = MARKS.map(() => ({ noHigher: 0, better: 0, worse: 0 }));
  let problems = 0;
  for (const problem of Object.keys(peers)) {
    const a = ours[problem]?.[mine];
    const b = peers[problem]?.[peer];
    if (a === undefined || b === undefined) continue;
    problems++;
    const cells = MARKS.map((_, m) => {
      const v = verdict(a, b, m);
      const t = tally[m] as (typeof tally)[number];
      if ((a.median[m] as number) <= (b.median[m] as number)) t.noHigher++;
      if (v === '+') t.better++;
      if (v === '-') t.worse++;
      return `${(a.median[m] as number).toPrecision(3)} ${v} | ${(b.median[m] as number).toPrecision(3)}`;
    });
    lines.push(`| ${problem} | ${cells.join(' | ')} |`);
  }
  lines.push(
    '',
    ...MARKS.map(
      (m, i) =>
        `- ${m} trials, of ${problems}: median no higher on ${tally[i]?.noHigher}, better on ${tally[i]?.better}, worse on ${tally[i]?.worse}`,
    ),
    '',
  );
  return lines;
}

/** On how many problems ours is not worse than the peer's sampler with the lowest median there. */
function againstBest(ours: Regret, peers: Regret, mine: string): string[] {
  const rows = Object.entries(peers).flatMap(([problem, samplers]) => {
    const a = ours[problem]?.[mine];
    if (a === undefined) return [];
    const optuna = Object.entries(samplers).filter(([name]) => !/hyperopt|smac/.test(name));
    const [name, best] = optuna.reduce((x, y) => ((y[1].median[2] as number) < (x[1].median[2] as number) ? y : x));
    return [
      `| ${problem} | ${(a.median[2] as number).toPrecision(3)} | ${name} ${(best.median[2] as number).toPrecision(3)} | ${verdict(a, best, 2)} |`,
    ];
  });
  const fine = rows.filter((r) => !r.endsWith('- |')).length;
  return [
    `### ${mine} beside the best of Optuna's samplers, 100 trials`,
    '| problem | ours | best | |',
    '|---|---:|---:|---|',
    ...rows,
    '',
    `- not worse on ${fine} of ${rows.length}`,
    '',
  ];
}

if (process.argv[1]?.includes('table') === true) {
  const [mine = 'ours.json', theirs = 'peers.json'] = process.argv.slice(2);
  const ours = read(mine);
  const peers = read(theirs);
  for (const problem of Object.keys(ours))
    if (ours[problem]?.['auto'] === undefined && ours[problem]?.['gp'] !== undefined)
      ours[problem]['auto'] = ours[problem]['gp'];
  console.log(
    [...PAIRS.flatMap(([a, b]) => compare(ours, peers, a, b)), ...againstBest(ours, peers, 'auto')].join('\n'),
  );
}
