import { latestRunOf, readPlan, type PartPlan } from '../../client/run/partial.js';
import type { ProjectReader } from '../../client/run/run-view.js';
import { TrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import { readRun } from '../../store/index.js';
import { unknownRun } from '../show/find-run.js';
import { colours, print, printJson } from '../terminal.js';
import type { RunOptions } from './options.js';
import { nameOf } from './progress-lines.js';

/** Calls of one node and one scope's map that are listed one by one. */
const MOST_LISTED = 4;

/** Whether a command asks for a part of a former run. Throws TY-USAGE for options that a part cannot take. */
export function isPart(options: RunOptions): boolean {
  const { using, from, to, only, skip } = options;
  if (using === undefined && [from, to, only, skip].every(({ length }) => length === 0)) {
    if (options.dryRun)
      throw new TrainyardError('TY-USAGE', {
        what: '--dry-run plans a part of a former run',
        expected: '--using, --from, --to, --only or --skip beside it',
      });
    return false;
  }
  if (options.param.length > 0 || options.params !== undefined || options.seed !== undefined)
    throw new TrainyardError('TY-USAGE', {
      what: 'a part of a run has the parameters and the seed of that run',
      remedy: 'leave out -p, --params and --seed, or run the whole pipeline: what has not changed is found',
    });
  return true;
}

/** The plan that a command asks for, on the run that it names or the pipeline's latest. */
export async function planOf(reader: ProjectReader, pipeline: string, options: RunOptions): Promise<PartPlan> {
  const used = options.using ?? (await latestRunOf(reader.store, pipeline));
  const record = await readRun(reader.store, used);
  if (!record) throw await unknownRun(reader, used);
  if (record.start.pipeline !== pipeline)
    throw new TrainyardError('TY-USAGE', {
      what: `${used} is a run of ${record.start.pipeline}, not of ${pipeline}`,
      where: { run: used },
    });
  return readPlan(reader, used, options);
}

/** What a partial run will do, before it does. */
export function printPlan(plan: PartPlan, json: boolean): void {
  if (json) {
    const calls = (nodes: readonly GraphNode[]): object[] =>
      nodes.map(({ call, node, scope }) => ({ call, node, scope }));
    printJson({
      using: plan.used,
      pipeline: plan.pipeline,
      run: calls(plan.run),
      kept: calls(plan.kept),
      left: calls(plan.left),
    });
    return;
  }
  print(`part of ${plan.used}`);
  for (const [word, nodes, colour] of [
    ['run', plan.run, colours.green],
    ['keep', plan.kept, colours.cyan],
    ['leave out', plan.left, colours.dim],
  ] as const)
    if (nodes.length > 0) print(`  ${colour(word.padEnd(9))}  ${listOf(nodes)}`);
}

function listOf(nodes: readonly GraphNode[]): string {
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) groups.set(node.node, [...(groups.get(node.node) ?? []), node]);
  return [...groups]
    .flatMap(([name, group]) => (group.length > MOST_LISTED ? [`${name} × ${group.length}`] : group.map(nameOf)))
    .join(', ');
}
