/**
 * Classical learners beside scikit-learn: five-fold cross-validation on seven data sets, the same folds; accuracy (R² of numbers), and
 * the time of a fit on one thread, in ms of the processor (with the answers for neighbours, which fit nothing). Figures lie within one standard error of
 * the peer's where `within` says so.
 *
 *   npm run bench train/classical -- [--json] [--rounds=5] [--only=digits]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, round, type Row } from '../figures.js';
import { peerPython } from '../peer-python.js';
import { CLASSES, foldOf, NUMBERS, scoreOf, type FoldedSet } from './classical-learners.js';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(asked.rounds);
const here = path.dirname(fileURLToPath(import.meta.url));
const penguins = path.join(here, '../../examples/penguins/data/penguins.csv');
const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-classical-'));

interface Peer {
  readonly set: string;
  readonly learner: string;
  readonly figures: readonly number[];
  readonly ms: number;
}

/** A row of the result: the ratio is that of the times. */
interface Measured extends Row {
  readonly figure: number;
  readonly peerFigure: number;
  /** Of the peer's mean over the folds. */
  readonly standardError: number;
  readonly within: boolean;
}

/** What this process has used; little hurt by what else the machine does. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const mean = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
const errorOf = (all: readonly number[]): number =>
  Math.sqrt(mean(all.map((one) => (one - mean(all)) ** 2)) / (all.length - 1));

function measure(set: FoldedSet, peer: Peer): Measured {
  const fit = (set.classes === null ? NUMBERS : CLASSES)[peer.learner]!;
  const times: number[] = [];
  const figures = [0, 1, 2, 3, 4].map((fold) => {
    const { train, test } = foldOf(set, fold);
    let figure = NaN;
    for (let again = 0; again < rounds; again++) {
      const began = processorMs();
      const answer = fit(train, set.classes ?? 0);
      const fitted = processorMs();
      const answers = answer(test.features, test.rows);
      times.push((peer.learner === 'neighbours' ? processorMs() : fitted) - began);
      figure = scoreOf(answers, test, set.classes);
    }
    return figure;
  });
  const ours = median(times);
  const standardError = errorOf(peer.figures);
  const [figure, peerFigure] = [mean(figures), mean(peer.figures)];
  return {
    case: `${set.name}, ${peer.learner}`,
    ours: round(ours),
    peer: round(peer.ms),
    peerName: 'scikit-learn',
    ratio: round(ours / peer.ms),
    unit: 'ms of the processor a fit',
    figure: round(figure),
    peerFigure: round(peerFigure),
    standardError: round(standardError),
    within: figure >= peerFigure - standardError - 1e-12,
  };
}

try {
  const python = peerPython('train-peers', [path.join(here, 'peers/requirements.txt')], '400 MB on disk');
  const program = path.join(here, 'peers/classical.py');
  const said = execFileSync(python, [program, folder, penguins, String(rounds), asked.only], { encoding: 'utf8' });
  const sets = JSON.parse(readFileSync(path.join(folder, 'data.json'), 'utf8')) as FoldedSet[];
  const all = (JSON.parse(said) as Peer[]).map((peer) =>
    measure(
      sets.find(({ name }) => name === peer.set)!,
      peer,
    ),
  );
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}, node ${process.version}`;
  if (asked.json)
    process.stdout.write(`${JSON.stringify({ bench: 'train/classical', machine, rows: all }, null, 2)}\n`);
  else {
    process.stdout.write(`${machine}\n`);
    for (const one of all)
      process.stdout.write(
        `${one.case.padEnd(40)} ${one.ours} ms, scikit-learn ${one.peer} ms, ratio ${one.ratio}; ${one.figure} beside ${one.peerFigure} ± ${one.standardError}${one.within ? '' : ' BELOW'}\n`,
      );
  }
} finally {
  rmSync(folder, { recursive: true });
}
