import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { plotSvg } from '../plot.js';
import { fill } from '../section.js';

/** What a run of so many nodes took. */
export interface Row {
  readonly case: string;
  readonly shape: string;
  readonly nodes: number;
  /** ms by the clock and of the worker's processor, for a node. */
  readonly computed: { readonly ms: number; readonly cpuMs: number };
  /** ms of a whole run of which every node is found. */
  readonly found: { readonly ms: number; readonly cpuMs: number };
  /** Continuations as new, and most events of one. */
  readonly histories: number;
  readonly events: number;
  /** Bytes. */
  readonly payload: number;
  /** MB of the worker at most: after the start, after the run that computed, after those that found. */
  readonly memory: readonly [idle: number, computed: number, found: number];
}

interface Kept extends Row {
  readonly machine: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const KEPT = path.join(root, 'bench', 'engine', 'data', 'scale.json');
const PAGE = path.join(root, 'docs', 'scale.md');
const PLOT = path.join(root, 'docs', 'images', 'scale.svg');

/** Puts rows in place of those of the same size, and writes table, fit and plot of all. */
export function keepCurve(rows: readonly Kept[]): void {
  const kept = existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Kept[]) : [];
  const all = [...kept.filter((one) => !rows.some((row) => row.case === one.case)), ...rows].sort(
    (a, b) => b.shape.localeCompare(a.shape) || a.nodes - b.nodes,
  );
  mkdirSync(path.dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, `${JSON.stringify(all)}\n`);
  writeFileSync(PAGE, fill(readFileSync(PAGE, 'utf8'), 'curve', said(all)));
  writeFileSync(PLOT, plotOf(all));
}

/** What a node costs and what a run costs beside, by least squares, and how much of the variance that explains. */
export function lineOf(points: readonly (readonly [x: number, y: number])[]): {
  slope: number;
  start: number;
  r2: number;
} {
  const mean = (of: 0 | 1): number => points.reduce((sum, one) => sum + one[of], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const sum = (of: (x: number, y: number) => number): number =>
    points.reduce((all, [x, y]) => all + of(x - mx, y - my), 0);
  const slope = sum((x, y) => x * y) / sum((x) => x * x);
  return { slope, start: my - slope * mx, r2: sum((x, y) => x * y) ** 2 / (sum((x) => x * x) * sum((_, y) => y * y)) };
}

/** Whole runs, in ms. */
const MEASURES = [
  ['computed, by the clock', (row: Row) => row.computed.ms * row.nodes],
  ['computed, of the processor', (row: Row) => row.computed.cpuMs * row.nodes],
  ['all found, of the processor', (row: Row) => row.found.cpuMs],
] as const;

const shapesOf = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ shape }) => shape))];

function said(rows: readonly Kept[]): string[] {
  const count = (n: number): string => n.toLocaleString('en');
  const fits = shapesOf(rows).flatMap((shape) => {
    const own = rows.filter((row) => row.shape === shape);
    if (own.length < 3) return [];
    return MEASURES.map(([name, of]) => {
      const { slope, start, r2 } = lineOf(own.map((row) => [row.nodes, of(row)]));
      return `| ${shape}, ${name} | ${slope.toPrecision(3)} | ${(start / 1000).toFixed(2)} | ${r2.toFixed(4)} |`;
    });
  });
  return [
    ...[...new Set(rows.map(({ machine }) => machine))].map((machine) => `- ${machine}`),
    '',
    "| shape | calls | a call, by the clock | of the processor | all found: clock, processor | most events of a history | longest payload | worker's memory, idle → most |",
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ shape, nodes, computed, found, events, payload, memory }) =>
        `| ${shape} | ${count(nodes)} | ${computed.ms} ms | ${computed.cpuMs} ms | ${(found.ms / 1000).toFixed(2)} s, ${(found.cpuMs / 1000).toFixed(2)} s | ` +
        `${count(events)} | ${Math.round(payload / 1000)} kB | ${memory[0]} → ${Math.max(...memory)} MB |`,
    ),
    '',
    // A line through two points says nothing.
    ...(fits.length > 0
      ? ['| line of best fit | ms a call | s a run, beside | R² |', '| --- | ---: | ---: | ---: |', ...fits]
      : []),
  ];
}

function plotOf(rows: readonly Row[]): string {
  const lines = shapesOf(rows).flatMap((shape) =>
    MEASURES.map(([name, of]) => ({
      name: `${shape}, ${name.replace('of the processor', 'processor').replace('by the clock', 'clock')}`,
      points: rows.filter((row) => row.shape === shape).map((row) => [row.nodes, of(row) / 1000] as const),
    })),
  );
  return plotSvg({ title: 'A whole run, by its size', x: 'calls', y: 's', lines });
}
