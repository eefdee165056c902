import { connectNow } from '../../client/reader.js';
import { describeRun, queryGraph } from '../../client/run/run-view.js';
import { recoverNode } from '../../client/run/runs.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { GraphNode } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import type { Recovery } from '../../core/task.js';
import { loadConfig } from '../../project/project.js';
import { unknownRun } from '../show/find-run.js';
import { print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';

export interface RecoverOptions {
  param?: string[];
  pool?: string;
  value?: string[];
  why?: string;
  by?: string;
  json?: boolean;
}

/** `trainyard retry`, `skip` and `fail`. */
export async function recover(
  config: string | undefined,
  run: string,
  name: string,
  action: Recovery['action'],
  options: RecoverOptions,
): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    if (!(await describeRun(client.temporal, run))) throw await unknownRun(client, run);
    const graph = await queryGraph(client.temporal, run);
    const node = pausedNode(run, name, graph?.nodes ?? []);
    const params = pairs(options.param ?? [], '--param');
    const outputs = pairs(options.value ?? [], '--value');
    const recovery: Recovery = {
      call: node.call,
      action,
      by: options.by ?? userName(),
      why: options.why ?? '',
      ...(Object.keys(params).length > 0 ? { params } : {}),
      ...(options.pool === undefined ? {} : { pool: options.pool }),
      ...(Object.keys(outputs).length > 0 ? { outputs } : {}),
    };
    await recoverNode(client, run, recovery);
    if (options.json) printJson({ run, ...recovery });
    else print(`${node.node} (${node.call}): ${action}, by ${recovery.by}`);
  } finally {
    await client.close();
  }
}

function pausedNode(run: string, name: string, nodes: readonly GraphNode[]): GraphNode {
  const paused = nodes.filter((node) => node.state === 'paused');
  const found = paused.filter((node) => [node.call, node.node, `${node.scope}/${node.node}`].includes(name));
  if (found.length === 1) return found[0] as GraphNode;
  const waiting = paused.map((node) => `${node.call} ${node.scope === '' ? '' : `${node.scope}/`}${node.node}`);
  throw new TrainyardError('TY-DECISION', {
    what:
      found.length > 1
        ? `${found.length} nodes that wait are called "${name}"; name one by its call`
        : `no failed node "${name}" waits in ${run}; ${sayNearest(
            name,
            paused.map((node) => node.node),
          )}`,
    where: { run, node: name },
    ...(waiting.length > 0 ? { expected: waiting.join(', ') } : {}),
  });
}

function pairs(given: readonly string[], option: string): { [name: string]: Json } {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new TrainyardError('TY-USAGE', { what: `"${one}" is no ${option}`, expected: 'name=value' });
      const text = one.slice(at + 1);
      try {
        return [one.slice(0, at), JSON.parse(text) as Json];
      } catch {
        return [one.slice(0, at), text];
      }
    }),
  );
}
