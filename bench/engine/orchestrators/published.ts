import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, round, type Row } from '../../figures.js';
import { plotSvg } from '../../plot.js';
import { fill } from '../../section.js';
import { PYTHON_PEERS } from './in-python.js';
import { BY_HAND, OURS, OURS_LIGHT } from './on-temporal.js';

/** One thing that a contender did: ms by the clock and of the processor, for so many nodes. */
export interface Turn {
  readonly case: string;
  readonly who: string;
  readonly ms: number;
  readonly cpu: number;
  readonly nodes: number;
  /** Of the machine in the minute before: programs that want a processor. */
  readonly load: number;
}

interface Kept extends Turn {
  readonly machine: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const KEPT = path.join(root, 'bench', 'engine', 'data', 'orchestrators.json');
const PAGE = path.join(root, 'docs', 'speed.md');
const WHO = [OURS, OURS_LIGHT, BY_HAND, ...PYTHON_PEERS.map(({ name }) => name)];
const SIZED = /^(chain|map|diamond) of (\d+)$/;

/** The median over the turns: a node's where sizes are compared, else of the whole run. */
function figure(turns: readonly Turn[], of: string, who: string, what: 'ms' | 'cpu'): number | undefined {
  const own = turns.filter((turn) => turn.case === of && turn.who === who);
  return own.length === 0 ? undefined : median(own.map((turn) => turn[what] / (SIZED.test(of) ? turn.nodes : 1)));
}

const casesOf = (turns: readonly Turn[]): string[] => [...new Set(turns.map((turn) => turn.case))];

/** Each of ours beside each of the others. */
export function rowsOf(turns: readonly Turn[]): Row[] {
  return casesOf(turns).flatMap((of) =>
    [OURS, OURS_LIGHT].flatMap((mine): Row[] => {
      const ours = figure(turns, of, mine, 'ms');
      if (ours === undefined) return [];
      const row = {
        case: `${of}, ${mine}`,
        ours: round(ours),
        unit: `ms${SIZED.test(of) ? ' a node' : ''}, lower is better`,
      };
      const rows = WHO.slice(2).flatMap((peerName): Row[] => {
        const peer = figure(turns, of, peerName, 'ms');
        return peer === undefined ? [] : [{ ...row, peer: round(peer), peerName, ratio: round(ours / peer) }];
      });
      return rows.length > 0 ? rows : [{ ...row, peer: null, peerName: null, ratio: null }];
    }),
  );
}

/** Puts what was measured in place of what is kept of the same cases, and writes tables and plots of all. */
export function keepAndPublish(measured: readonly Kept[]): void {
  const cases = new Set(casesOf(measured));
  const kept = existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Kept[]) : [];
  const turns = [...kept.filter((turn) => !cases.has(turn.case)), ...measured];
  mkdirSync(path.dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, `${JSON.stringify(turns)}\n`);
  const machines = [...new Set(turns.map(({ machine }) => machine))];
  const lines = [`Measured on ${machines.join('; ')}.`, '', ...tables(turns)];
  writeFileSync(PAGE, fill(readFileSync(PAGE, 'utf8'), 'orchestrators', lines));
  for (const shape of ['chain', 'map', 'diamond']) {
    const file = path.join(root, 'docs', 'images', `orchestrators-${shape}.svg`);
    writeFileSync(file, plotOf(turns, shape));
  }
}

function plotOf(turns: readonly Turn[], shape: string): string {
  const sizes = casesOf(turns).filter((of) => SIZED.exec(of)?.[1] === shape);
  const lines = WHO.map((name) => ({
    name,
    points: sizes
      .map((of) => [Number(SIZED.exec(of)?.[2]), figure(turns, of, name, 'ms') ?? NaN] as const)
      .filter(([, ms]) => Number.isFinite(ms))
      .sort(([a], [b]) => a - b),
  }));
  return plotSvg({
    title: `A node of a ${shape}, by the clock`,
    x: 'nodes of the run',
    y: 'ms a node',
    lines: lines.filter(({ points }) => points.length > 0),
    log: true,
  });
}

function tables(turns: readonly Turn[]): string[] {
  const [sized, others] = [
    casesOf(turns).filter((of) => SIZED.test(of)),
    casesOf(turns).filter((of) => !SIZED.test(of)),
  ];
  const order = sized.sort((a, b) => shapeFirst(a).localeCompare(shapeFirst(b)));
  return [
    'Milliseconds a node by the clock, of the processor in brackets:',
    '',
    ...table(turns, order),
    '',
    'Milliseconds of a whole run:',
    '',
    ...table(turns, others),
  ];
}

const shapeFirst = (of: string): string => of.replace(/\d+/, (count) => count.padStart(6, '0'));

function table(turns: readonly Turn[], cases: readonly string[]): string[] {
  const cell = (of: string, who: string): string => {
    const [ms, cpu] = [figure(turns, of, who, 'ms'), figure(turns, of, who, 'cpu')];
    return ms === undefined ? '–' : `${say(ms)} (${say(cpu ?? NaN)})`;
  };
  const loadOf = (of: string): string =>
    median(turns.filter((turn) => turn.case === of).map(({ load }) => load)).toFixed(1);
  return [
    `| | ${WHO.join(' | ')} | load |`,
    `| --- |${' ---: |'.repeat(WHO.length + 1)}`,
    ...cases.map(
      (of) =>
        `| ${of.replace(/\d{4,}/, (n) => Number(n).toLocaleString('en'))} | ${WHO.map((who) => cell(of, who)).join(' | ')} | ${loadOf(of)} |`,
    ),
  ];
}

const say = (ms: number): string =>
  ms >= 1000 ? Math.round(ms).toLocaleString('en') : String(Number(ms.toPrecision(ms < 1 ? 1 : 2)));
