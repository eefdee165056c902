import { describe, expect, it } from 'vitest';
import type { GraphNode } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { differences, sayCompared, sayState } from './index.js';

const call = (n: number, params: Json, more: Partial<GraphNode> = {}): GraphNode => ({
  call: `n${n}`,
  node: 'train.forest',
  kind: 'node',
  scope: '',
  inputs: [],
  state: 'done',
  params,
  ...more,
});

describe('calls of one node', () => {
  it('are told apart by the parameters that differ, and by no others', () => {
    const calls = [10, 20, 30].map((trees) => call(trees, { trees, label: 'species', tree: { depth: trees / 10 } }));
    expect([...differences(calls)]).toEqual([
      ['n10', 'trees=10 tree.depth=1'],
      ['n20', 'trees=20 tree.depth=2'],
      ['n30', 'trees=30 tree.depth=3'],
    ]);
  });

  it('have nothing beside them when they are equal, alone, or named already', () => {
    expect(differences([call(1, { a: 1 }), call(2, { a: 1 })]).size).toBe(0);
    expect(differences([call(1, { a: 1 }), call(2, { a: 2 }, { node: 'train.linear' })]).size).toBe(0);
    expect(differences([call(1, { a: 1 }, { summary: 'trial 1' }), call(2, { a: 2 })]).size).toBe(0);
  });

  it('differ in what only one of them has, and never by more than a line', () => {
    expect(differences([call(1, { a: 1 }), call(2, {})]).get('n1')).toBe('a=1');
    const long = [0, 1].map((n) => call(n, { columns: Array.from({ length: 99 }, (_, i) => `c${n}-${i}`) }));
    expect(differences(long).get('n0')).toHaveLength(80);
  });
});

describe('a gate in words', () => {
  const read = { 'f1.macro': 0.75128 };
  it('says what stood against what, whether it passed or not', () => {
    expect(sayCompared({ read, figure: 0.75128, atLeast: 0.9 })).toBe('f1.macro 0.7513 < 0.9');
    expect(sayCompared({ read, figure: 0.75128, atLeast: 0.5, atMost: 0.8 })).toBe('f1.macro 0.7513 ≥ 0.5 and ≤ 0.8');
    expect(sayCompared({ read, figure: null, atLeast: 0.9 })).toBe('f1.macro is no number');
    expect(sayCompared({ read: { verdict: 'promote' } })).toBe('verdict promote');
  });

  it('stands in the graph with its answer', () => {
    const decision = { passed: false, evidence: null, compared: { read, figure: 0.75128, atLeast: 0.9 } };
    expect(sayState({ ...call(1, {}), kind: 'gate', decision }, 0)).toBe('no: f1.macro 0.7513 < 0.9');
  });
});
