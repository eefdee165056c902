import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { GraphNode, GraphRecord, NodeState } from '../../core/graph.js';
import { graphMermaid, graphSvg, graphText, STATES } from './index.js';
import { fold } from './fold.js';
import { BOX_HEIGHT, BOX_WIDTH, layout } from './layout.js';

const states = Object.keys(STATES) as NodeState[];

function record(nodes: GraphNode[]): GraphRecord {
  return {
    format: 1,
    run: 'demo-1',
    pipeline: 'demo',
    lineage: 'demo-1',
    state: 'running',
    params: {},
    cause: { kind: 'person' },
    seed: 0,
    startedAt: 0,
    nodes,
  };
}

const anyGraph = fc
  .array(
    fc.record({
      state: fc.constantFrom(...states),
      kind: fc.constantFrom('node', 'child', 'gate', 'approval' as const),
      node: fc.constantFrom('ingest.csv', 'train.forest', '<b>"&'),
      scope: fc.constantFrom('', 'tune/trial 3', 'map[0]', 'map[1]'),
      from: fc.array(fc.nat()),
    }),
    { maxLength: 30 },
  )
  .map((rows) =>
    record(
      rows.map(({ from, ...row }, index) => ({
        ...row,
        call: `n${index + 1}`,
        inputs: index === 0 ? [] : from.map((at) => ({ port: 'table', from: `n${(at % index) + 1}`, fromPort: 'out' })),
      })) as GraphNode[],
    ),
  );

describe('drawing a graph', () => {
  it('shows every call in exactly one box, and no arrow to or from nowhere', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { boxes, arrows } = fold(graph);
        expect(boxes.flatMap((box) => box.calls.map((call) => call.call)).sort()).toEqual(
          graph.nodes.map((node) => node.call).sort(),
        );
        const ids = new Set(boxes.map((box) => box.id));
        for (const arrow of arrows) expect(ids.has(arrow.from) && ids.has(arrow.to)).toBe(true);
      }),
    );
  });

  it('gives an SVG without markup from names, numbers that are numbers, and one group for each box', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const svg = graphSvg(graph, { now: 1000, href: (call) => `#${call}` });
        expect(svg).not.toMatch(/<b>|NaN|undefined|Infinity/);
        expect(svg.match(/<g class="box /g) ?? []).toHaveLength(fold(graph).boxes.length);
      }),
      { numRuns: 30 },
    );
  });

  it('leads arrows from lower edges to upper edges, and past no box through its middle', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const of = fold(graph);
        const placed = layout(of);
        of.arrows.forEach(({ from, to }, index) => {
          const [start, end] = [placed.boxes.get(from)!, placed.boxes.get(to)!];
          if (end.y <= start.y) return;
          const points = placed.arrows[index]!;
          expect(points[0]!.y).toBe(start.y + BOX_HEIGHT / 2);
          expect(points.at(-1)!.y).toBe(end.y - BOX_HEIGHT / 2);
          points.slice(1).forEach((point, at) => {
            const before = points[at]!;
            expect(point.y).toBeGreaterThanOrEqual(before.y);
            // Where it goes past a layer of boxes it goes straight, beside them.
            const crossed = [...placed.boxes.values()].filter(
              (box) => before.y < box.y && point.y > box.y && Math.abs(box.x - point.x) < BOX_WIDTH / 2,
            );
            expect(crossed).toEqual([]);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('gives the same drawing for the same graph', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(graphSvg(graph, { now: 5 })).toBe(graphSvg(structuredClone(graph), { now: 5 }));
      }),
      { numRuns: 20 },
    );
  });

  it('folds a map of 500 into one box that says how many are in which state', () => {
    const source: GraphNode = { call: 'n1', node: 'ingest.csv', kind: 'node', scope: '', inputs: [], state: 'done' };
    const shards = Array.from({ length: 500 }, (_, index): GraphNode => ({
      call: `n${index + 2}`,
      node: 'clean.table',
      kind: 'node',
      scope: `map[${index}]`,
      inputs: [{ port: 'table', from: 'n1', fromPort: 'out' }],
      state: index < 499 ? 'done' : 'failed',
    }));
    const svg = graphSvg(record([source, ...shards]), { now: 0 });
    expect(svg).toContain('clean.table × 500');
    expect(svg).toContain('499 done, 1 failed');
    expect(fold(record([source, ...shards])).boxes[1]?.state).toBe('failed');
  });

  it('reads as text and as Mermaid', () => {
    const graph = record([
      { call: 'n1', node: 'ingest.csv', kind: 'node', scope: '', inputs: [], state: 'found' },
      {
        call: 'n2',
        node: 'clean.table',
        kind: 'node',
        scope: 'prepare',
        inputs: [{ port: 'table', from: 'n1', fromPort: 'out' }],
        state: 'running',
        startedAt: 1000,
      },
    ]);
    expect(graphText(graph, 3500)).toBe(
      '◆ ingest.csv           found\n▶ prepare/clean.table  running 2.5 s  ← ingest.csv\n',
    );
    const mermaid = graphMermaid(graph);
    expect(mermaid).toContain('n1["ingest.csv<br/>found"]:::found');
    expect(mermaid).toContain('n1 --> n2');
  });

  it('uses colours that can be read on white: contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)', () => {
    for (const { colour } of Object.values(STATES)) {
      const [r, g, b] = [1, 3, 5].map((at) => {
        const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      expect(1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });
});
