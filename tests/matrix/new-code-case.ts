import { resumeRun } from '../../client/run/resume.js';
import { canonical } from '../../core/json.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { committedAt } from './crash-case.js';
import type { Probe } from './harness.js';
import { countBy, type Clean } from './resume-case.js';
import type { Case } from './shapes.js';

/** An edit of the project between a run and its resume. */
export interface Edit {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The node whose key it changes. */
  readonly node: string;
}

export const EDITS: readonly Edit[] = [
  {
    name: 'a step gives another result',
    file: 'nodes/probe/worker.ts',
    from: 'inputs.from.value.n + add',
    to: 'inputs.from.value.n + 10 * add',
    node: 'probe.step',
  },
  {
    name: 'a source is written otherwise, and gives the same',
    file: 'nodes/probe/worker.ts',
    from: 'return { value: { n } };\n  }),\n);\n\nexport const stepIt',
    to: 'return { value: { n: 0 + n } };\n  }),\n);\n\nexport const stepIt',
    node: 'probe.make',
  },
  {
    name: 'a file that joins import gives another result',
    file: 'nodes/probe/arithmetic.ts',
    from: '0);',
    to: '100);',
    node: 'probe.join',
  },
];

/** A clean run with its graph, for seeing whose inputs an edit changes. */
export interface CleanGraph extends Clean {
  readonly graph: GraphRecord;
}

/** Labels of calls that an edit makes others: the node itself was edited, or what it is given has changed. */
export function changedBy(edit: Edit, before: GraphRecord, after: GraphRecord): Set<string> {
  const inputsOf = (graph: GraphRecord, node: GraphNode): string =>
    canonical(
      node.inputs
        .map(({ port, from, fromPort }) => [
          port,
          graph.nodes.find(({ call }) => call === from)?.outputs?.[fromPort]?.digest ?? '',
        ])
        .map((one) => one.join()),
    );
  const changed = new Set<string>();
  for (const node of after.nodes) {
    const label = labelOf(node);
    if (label === undefined) continue;
    const former = before.nodes.find((one) => labelOf(one) === label);
    if (node.node === edit.node || !former || inputsOf(before, former) !== inputsOf(after, node)) changed.add(label);
  }
  return changed;
}

function labelOf({ params, kind }: GraphNode): string | undefined {
  return kind === 'node' ? (params as { label?: string } | undefined)?.label : undefined;
}

/**
 * Resumes a run that failed before the edit, with the code as it is now or with its own, and gives everything that is
 * not as it must be: with new code, exactly what the edit changes and what had not finished is executed, and the result
 * is that of a clean run with the new code; without, it is as if nothing had been edited.
 */
export async function resumeEdited(
  probe: Probe,
  one: Case,
  id: string,
  newCode: boolean,
  clean: { readonly before: CleanGraph; readonly after: CleanGraph; readonly changed: ReadonlySet<string> },
): Promise<string[]> {
  const { nodes } = await probe.graph(id);
  const finished = new Set(
    // A node that a cancellation met at its end is in the store, whatever the graph says.
    nodes.flatMap((node) =>
      node.key !== undefined && Number.isFinite(committedAt(probe, node.key)) ? (labelOf(node) ?? []) : [],
    ),
  );
  if (one.forgotten) await probe.forget(id);
  const again = await resumeRun(probe.client, id, { newCode });
  const outcome = await probe.outcome(again);
  if (outcome.state === 'failed') return [`the resumed run failed: ${String(outcome.error)}`];
  const should = newCode ? clean.after : clean.before;
  const problems: string[] = [];
  const result = canonical(outcome.result);
  if (result !== should.result)
    problems.push(`the result differs from a clean run's of that code: ${result} ≠ ${should.result}`);
  const starts = countBy(probe.events(again.workflowId), 'start');
  for (const label of one.shape.labels) {
    // With other results a loop may have fewer turns: what a clean run of that code does not call is not due.
    const runs = should.counts.has(label) && (!finished.has(label) || (newCode && clean.changed.has(label)));
    const had = starts.get(label) ?? 0;
    if (had !== (runs ? 1 : 0)) problems.push(`"${label}" was executed ${had} times, not ${runs ? 1 : 0}`);
  }
  return problems;
}
