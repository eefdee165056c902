import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { runningOf } from '../../client/running.js';
import { endedLines, leftMs } from './lines.js';

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
});
