import { approvalName, type GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { AnyContract } from '../../core/node.js';
import type { ProcessFacts } from '../../core/process-facts.js';
import { labelOf, type PartialRun, type Recovery } from '../../core/task.js';
import { TrainyardError } from '@trainyard/errors';
import { keptChildren } from '../run/partial.js';
import { areWhole, blobsOfAll, namedIn, putGraph, readRun, type Store } from '../../store/index.js';
import { callsOf } from './find-call.js';
import { RecordIndex } from './record-index.js';

/** What a run got from outside, and what a repetition of it is given instead of asking again. */
export interface Answers {
  /** Outputs of nodes with effects, of sources, and those that an operator gave: taken as they are. */
  readonly keep: PartialRun['keep'];
  /** Their keys, by which the record knows in which order they ended. */
  readonly keys: NonNullable<PartialRun['keys']>;
  /** Results of durable children that a partial run kept, or that people or the world had decided, by label. */
  readonly children: NonNullable<PartialRun['children']>;
  /** Parameters with which an operator had failed calls computed, by label. */
  readonly instead: NonNullable<PartialRun['instead']>;
  /** Labels of calls that a partial run left out. */
  readonly never: readonly string[];
  /** What operators decided about nodes that had failed, in their order: for when they fail again. */
  readonly recoveries: readonly (Omit<Recovery, 'call'> & { readonly node: string; readonly scope: string })[];
  /** Decisions of people by the approval's name, with its scope before it, in their order. */
  readonly approvals: readonly {
    readonly name: string;
    readonly approved: boolean;
    readonly by: string;
    readonly why: string;
  }[];
}

/**
 * Gathers what came from outside in a run: what its contracts declare as an effect or never cached, what its processes
 * declare as given, approvals.
 */
export async function answersOf(
  store: Store,
  graph: GraphRecord,
  { contracts, processes }: { contracts: ReadonlyMap<string, AnyContract>; processes: readonly ProcessFacts[] },
): Promise<Answers> {
  const index = new RecordIndex(store);
  const keep: { [label: string]: { readonly [port: string]: Ref } } = {};
  const keys: { [label: string]: string } = {};
  for (const { node, run } of await callsOf(store, graph)) {
    if (node.outputs === undefined || run !== graph.run) continue;
    const spec = contracts.get(node.node)?.spec;
    const record = await index.of(node, run);
    // A call without a key was not looked for: a partial run was given its outputs.
    const outside =
      node.given === true ||
      node.key === undefined ||
      spec?.effect === true ||
      spec?.cache === false ||
      record?.keyed?.lineage !== undefined;
    if (!outside || keep[labelOf(node)] !== undefined) continue;
    keep[labelOf(node)] = node.outputs;
    if (node.key !== undefined) keys[labelOf(node)] = node.key;
  }
  const isGiven = (process: string): boolean =>
    processes.some(({ name, repeated }) => name === process && repeated === 'given');
  const given = Object.fromEntries(
    graph.nodes.flatMap((node) => {
      const result = node.outputs?.['out'] ?? node.result;
      return node.kind === 'child' && isGiven(node.node) && result !== undefined ? [[labelOf(node), result]] : [];
    }),
  ) as { [label: string]: Json };
  const approvals = graph.nodes.flatMap(({ kind, node, scope, decision }) =>
    kind === 'approval' && decision
      ? [
          {
            name: approvalName({ scope, name: node }),
            approved: decision.passed,
            by: decision.by ?? 'unknown',
            why: decision.why ?? '',
          },
        ]
      : [],
  );
  const leftOut = graph.nodes.filter(
    ({ state, error, outputs }) => graph.state === 'done' && state === 'skipped' && !error && !outputs,
  );
  const never = leftOut.map(labelOf);
  const children = { ...given, ...(await keptChildren(store, await readRun(store, graph.run))) };
  const instead = Object.fromEntries(
    graph.nodes.flatMap((node) => {
      const last = node.given ? undefined : node.recoveries?.at(-1);
      return last?.action === 'retry' && last.params ? [[labelOf(node), last.params]] : [];
    }),
  );
  const recoveries = graph.nodes.flatMap(({ node, scope, recoveries: decided = [] }) =>
    decided.flatMap(({ action, ...rest }) => (action === 'retry' ? [{ ...rest, node, scope, action } as const] : [])),
  );
  return { keep, keys, children, instead, never, recoveries, approvals };
}

/** The run from whose record a repetition takes the order in which calls end. */
export function orderRun(run: string): string {
  return `${run}.as-it-was`;
}

/** Everything in which artifacts stand that came from outside. */
export function outsideOf(graph: GraphRecord, { keep, children }: Answers): unknown[] {
  return [keep, children, graph.params];
}

/** Puts what came from outside into the store of a repetition. Throws TY-STORE-MISSING when a part of it is gone. */
export async function seedAnswers(from: Store, to: Store, graph: GraphRecord, answers: Answers): Promise<void> {
  const outside = outsideOf(graph, answers);
  for (const digest of await blobsOfAll(from, outside)) {
    const stream = await from.getBlob(digest);
    if (stream) await to.putBlob(stream);
  }
  for (const digest of namedIn(outside).artifacts) {
    if (await areWhole(to, [{ digest }])) continue;
    throw new TrainyardError('TY-STORE-MISSING', {
      what: `${graph.run} cannot be repeated: an artifact that came from outside is not in the store any more`,
      where: { run: graph.run },
      expected: digest,
      remedy: 'trainyard gc --keep RUN keeps a run and all that it needs',
    });
  }
  // Without outputs: all is computed, and seen to end in the order of the record.
  const nodes = graph.nodes.map(({ outputs: _, ...node }) => node);
  await putGraph(to, orderRun(graph.run), { ...graph, nodes } as unknown as Json);
}
