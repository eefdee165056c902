import type { GraphNode, GraphRecord } from 'trainyard';
import type { Report } from './report.js';

/** Steps of the lifecycle in their order, and the nodes that each consists of. */
const STEPS: readonly (readonly [step: string, is: (node: GraphNode) => boolean])[] = [
  ['define', (node) => node.node.startsWith('task.')],
  ['ingest', (node) => node.node.startsWith('ingest.')],
  ['clean', (node) => node.node.startsWith('clean.')],
  ['check', (node) => node.node.startsWith('check.')],
  ['explore', (node) => /^(explore|balance)\./.test(node.node)],
  ['label review', (node) => /^(labels|flaws)\./.test(node.node) || node.node === 'label-review'],
  ['split', (node) => node.node.startsWith('split.')],
  ['features', (node) => node.node.startsWith('features.')],
  ['tune', (node) => node.node === 'study'],
  ['train', (node) => node.node.startsWith('train.')],
  ['evaluate', (node) => node.node === 'evaluate.final'],
  ['gate', (node) => node.kind === 'gate'],
  ['champion against challenger', (node) => node.node === 'evaluate.challenge'],
  ['deploy', (node) => node.node.startsWith('deploy.')],
  ['monitor', (node) => node.node.startsWith('monitor.')],
];

/** Adds an entry for each step of the lifecycle that a run went through. */
export function addSteps(report: Report, graph: GraphRecord): void {
  for (const [step, is] of STEPS) {
    const nodes = graph.nodes.filter(is);
    if (nodes.length === 0) continue;
    const starts = nodes.flatMap((node) => (node.startedAt === undefined ? [] : [node.startedAt]));
    const ends = nodes.flatMap((node) => (node.endedAt === undefined ? [] : [node.endedAt]));
    const seconds = starts.length === 0 ? 0 : Math.max(0, Math.max(...ends) - Math.min(...starts)) / 1000;
    report.add(step, seconds, {
      run: graph.run,
      nodes: nodes.map((node) => ({
        node: node.node,
        state: node.state,
        ...(node.ms === undefined ? {} : { ms: node.ms }),
      })),
    });
  }
}

/** The value that a node of a run gave. */
export function valueOf<T>(graph: GraphRecord, node: string, port = 'out'): T | undefined {
  const found = graph.nodes.find((one) => one.node === node && one.outputs);
  return found?.outputs?.[port]?.value as T | undefined;
}

/** What a comparison of champion and challenger came to. */
export interface DuelFigures {
  readonly verdict: 'promote' | 'keep';
  readonly decided: boolean;
  readonly reasons: readonly string[];
  readonly sets: readonly { readonly rows: 'fresh' | 'test'; readonly n: number }[];
}

/** The comparison that decided: the last one, where fresh rows left it open. */
export function duelOf(graph: GraphRecord): DuelFigures | undefined {
  const last = graph.nodes.findLast((one) => one.node === 'evaluate.challenge' && one.outputs);
  return last?.outputs?.['out']?.value as DuelFigures | undefined;
}

export interface FinalFigures {
  readonly n: number;
  readonly accuracy: number;
  readonly f1: { readonly macro: number };
}
