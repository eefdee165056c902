import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { fold } from '../../client/graph/index.js';
import { runningOf } from '../../client/run/running.js';
import { widthOf } from '../terminal.js';
import { fitParts } from './fit-width.js';
import { boxLine, endedLines, leftMs } from './progress-lines.js';

const call = (number: number, state: GraphNode['state'], node = 'toy.add'): GraphNode => ({
  call: `n${number}`,
  node,
  kind: 'node',
  scope: `map[${number}]`,
  inputs: [],
  state,
});
const pending = (node: string, started: boolean, known?: string) => ({
  node,
  started,
  attempt: 1,
  lastFailure: undefined,
  progress: known === undefined ? undefined : { call: known, fraction: 0.5, worker: 'w', device: '' },
});

describe('lines of a run', () => {
  it('fold many alike that ended at once, but never failures', () => {
    const many = Array.from({ length: 8 }, (_, i) => call(i, 'found'));
    expect(endedLines(many).map(stripVTControlCharacters)).toEqual(['◆ toy.add × 8  found']);
    expect(endedLines(many.map((node) => ({ ...node, state: 'failed' })))).toHaveLength(8);
    expect(endedLines(many.slice(0, 3))).toHaveLength(3);
  });

  it('give each running call its own heartbeat, and say which only wait for a slot', () => {
    const nodes = [1, 2, 3].map((number) => call(number, 'running'));
    const graph = { nodes } as unknown as GraphRecord;
    const running = runningOf(graph, [
      pending('toy.add', false),
      pending('toy.add', true, 'n2'),
      pending('toy.add', true),
    ]);
    expect(running.map(({ progress, queued }) => [progress?.fraction, queued])).toEqual([
      [undefined, false],
      [0.5, false],
      [undefined, true],
    ]);
  });

  it('estimate the time left by the fraction, from when it was heard of, and by earlier runs before that', () => {
    expect(leftMs(2_000, 0.5, 2_000, undefined)).toBe(2_000);
    expect(leftMs(3_000, 0.5, 2_000, 90_000)).toBe(1_000);
    expect(leftMs(9_000, 0.5, 2_000, undefined)).toBe(0);
    expect(leftMs(1_000, 0, 0, 5_000)).toBe(4_000);
    expect(leftMs(6_000, undefined, 0, 5_000)).toBeUndefined();
  });

  it('give up their lesser parts until they fit, the forms of all before any part', () => {
    const parts = [
      { rank: 0, texts: ['▶ study'] },
      { rank: 5, texts: ['██████████  50 %', '50 %'] },
      { rank: 1, texts: ['7 of 14 trials', '7/14'] },
      { rank: 2, texts: ['best f1 0.93 (trial 4)', 'best 0.93'] },
    ];
    const full = parts.map(({ texts }) => texts[0]).join('  ');
    expect(fitParts(parts, Infinity)).toBe(full);
    expect(fitParts(parts, 30)).toBe('▶ study  50 %  7/14  best 0.93');
    expect(fitParts(parts, 29)).toBe('▶ study  7/14  best 0.93');
    expect(fitParts(parts, 3)).toBe('▶ study');
    for (let columns = 8; columns < 80; columns++)
      expect(widthOf(fitParts(parts, columns))).toBeLessThanOrEqual(columns);
  });

  it('count the calls of a map as one', () => {
    const nodes = Array.from({ length: 8 }, (_, number) =>
      Object.assign(call(number, number < 4 ? 'done' : number < 6 ? 'running' : 'waiting'), { startedAt: 0 }),
    );
    const [box] = fold({ nodes } as unknown as GraphRecord).boxes;
    const line = stripVTControlCharacters(boxLine(box!, 10_000, 200));
    expect(line).toContain('map[*]/toy.add × 8');
    expect(line).toContain('50 %  4/8  2 running  10 s, about 10 s left');
  });
});
