import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { digestText } from '../../core/digest.js';
import { callLabel } from '../../core/task.js';
import { planPart, type PartChoice } from './partial-plan.js';

/** A finished run of a graph whose call i needs the calls in `needs[i]`, all before it. */
function runOf(needs: readonly (readonly number[])[], without: readonly number[] = []): GraphRecord {
  const nodes = needs.map((from, index): GraphNode => ({
    call: `n${index + 1}`,
    node: `node.${index + 1}`,
    kind: 'node',
    scope: '',
    params: {},
    inputs: from.map((one) => ({ port: 'in', from: `n${one + 1}`, fromPort: 'out' })),
    ...(without.includes(index)
      ? { state: 'failed' }
      : { state: 'done', outputs: { out: { kind: 'json', digest: digestText(String(index)), size: 1 } } }),
  }));
  return {
    format: 1,
    run: 'used',
    pipeline: 'p',
    lineage: 'used',
    state: 'done',
    params: {},
    cause: null,
    seed: 0,
    startedAt: 0,
    nodes,
  };
}

const plan = (needs: readonly (readonly number[])[], choice: PartChoice, without?: readonly number[]) => {
  const planned = planPart(runOf(needs, without), choice, new Map());
  const calls = (nodes: readonly GraphNode[]): string => nodes.map(({ call }) => call).join(' ');
  return { run: calls(planned.run), kept: calls(planned.kept), left: calls(planned.left), part: planned.part };
};

/** n1 → n2, n3 → n4 → n5; n6 stands aside. */
const DIAMOND = [[], [0], [0], [1, 2], [3], []];

describe('the plan of a partial run', () => {
  it('runs what is reachable from --from and reaches --to; keeps what is upstream and beside; leaves out what is downstream', () => {
    expect(plan(DIAMOND, { from: ['node.2'] })).toMatchObject({ run: 'n2 n4 n5', kept: 'n1 n3 n6', left: '' });
    expect(plan(DIAMOND, { to: ['n4'] })).toMatchObject({ run: 'n1 n2 n3 n4', kept: 'n6', left: 'n5' });
    expect(plan(DIAMOND, { from: ['n2'], to: ['n4'] })).toMatchObject({ run: 'n2 n4', kept: 'n1 n3 n6', left: 'n5' });
    expect(plan(DIAMOND, { only: ['n1', 'n6'] })).toMatchObject({ run: 'n1 n6', kept: '', left: 'n2 n3 n4 n5' });
    expect(plan(DIAMOND, { skip: ['n5'] })).toMatchObject({ run: 'n1 n2 n3 n4 n6', kept: '', left: 'n5' });
    expect(plan(DIAMOND, { skip: ['n2'] })).toMatchObject({ run: 'n1 n3 n4 n5 n6', kept: 'n2', left: '' });
  });

  it('says by label what is kept and what never runs', () => {
    const { part } = plan(DIAMOND, { only: ['n4'] });
    expect(Object.keys(part.keep)).toEqual(['1', '2', '3', '6'].map((n) => callLabel('', `node.${n}`, {})));
    expect(part.never).toEqual([callLabel('', 'node.5', {}), '|node.5|*']);
  });

  it('refuses unknown names with the nearest, choices that leave nothing, and what has nothing to keep', () => {
    expect(() => plan(DIAMOND, { from: ['node.22'] })).toThrow(/did you mean "node\.2"/);
    expect(() => plan(DIAMOND, { from: ['n5'], to: ['n2'] })).toThrow(/nothing of used is left to run/);
    expect(() => plan(DIAMOND, { only: ['n5'], from: ['n1'] })).toThrow(/--only says exactly/);
    expect(() => plan(DIAMOND, { from: ['n4'] }, [2])).toThrow(/node\.3 \(n3\) is needed.*could be kept/);
    expect(plan(DIAMOND, { from: ['n4'] }, [5])).toMatchObject({ run: 'n4 n5', kept: 'n1 n2 n3', left: 'n6' });
  });

  it('holds on any graph: every input of what runs, runs or is kept; nothing that needs what runs is kept unless it is needed', () => {
    const graphs = fc
      .integer({ min: 1, max: 14 })
      .chain((size) =>
        fc.tuple(
          fc.tuple(
            ...Array.from({ length: size }, (_, i) =>
              i === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(i - 1), { maxLength: 3 }),
            ),
          ),
          ...(['from', 'to', 'skip'] as const).map(() => fc.uniqueArray(fc.nat(size - 1), { maxLength: 2 })),
        ),
      );
    fc.assert(
      fc.property(graphs, ([needs, from, to, skip]) => {
        // Reachability by repeated squaring of the adjacency, as an independent second opinion.
        const size = needs.length;
        let reaches = needs.map((_, i) => needs.map((of, j) => i === j || of.includes(i)));
        for (let turn = 0; turn < size; turn++)
          reaches = reaches.map((row) => row.map((_, j) => row.some((there, k) => there && reaches[k]![j])));
        const expected = [...needs.keys()].filter(
          (i) =>
            (from!.length === 0 || from!.some((f) => reaches[f]![i])) &&
            (to!.length === 0 || to!.some((t) => reaches[i]![t])) &&
            !skip!.includes(i),
        );
        const names = (list: readonly number[]) => list.map((i) => `n${i + 1}`);
        const choice = { from: names(from!), to: names(to!), skip: names(skip!) };
        if (expected.length === 0) {
          expect(() => plan(needs, choice)).toThrow(/nothing/);
          return;
        }
        const { run, kept, left } = plan(needs, choice);
        expect(run).toBe(names(expected).join(' '));
        expect(`${run} ${kept} ${left}`.split(' ').filter(Boolean).sort()).toEqual(names([...needs.keys()]).sort());
        for (const i of expected) for (const of of needs[i]!) expect(` ${left} `).not.toContain(` n${of + 1} `);
        for (const [i] of needs.entries()) {
          const above = expected.some((r) => reaches[i]![r]);
          const below = expected.some((r) => reaches[r]![i]);
          if (` ${kept} `.includes(` n${i + 1} `)) expect(above || !below).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not mix up calls that only their inputs tell apart', () => {
    const graph = runOf([[], [0], [1], [2]]);
    const alike = graph.nodes.map((node, index) =>
      index === 1 || index === 2 ? { ...node, node: 'node.loop' } : node,
    );
    const loop = { ...graph, nodes: alike };
    // Both kept, with different outputs: looked up by their keys instead.
    const { part } = planPart(loop, { only: ['n4'] }, new Map());
    expect(Object.keys(part.keep)).toEqual([callLabel('', 'node.1', {})]);
    expect(() => planPart(loop, { to: ['n2'] }, new Map())).toThrow(/n2, n3 of node\.loop have one scope/);
  });
});
