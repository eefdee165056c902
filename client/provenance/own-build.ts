import { existsSync } from 'node:fs';
import type { Backend } from '../../core/config.js';
import type { GraphRecord } from '../../core/graph.js';
import { formerCode } from '../../project/codes.js';
import type { ProjectBase } from '../../project/project.js';
import { bundleFile } from '../../project/workflow-bundle.js';
import { canLoad, sayBackend } from '../../setup/tensorflow-load.js';
import type { Store } from '../../store/index.js';
import { callsOf } from './find-call.js';
import { RecordIndex } from './record-index.js';

/** The build that a run was started on, where it can still be run here; else what is in its way, in words. */
export type OwnBuild = { readonly build: string } | { readonly why: string };

/** Looks whether a run can be repeated with what it was made with: its pipelines, its nodes, its pools. */
export async function ownBuild(project: ProjectBase, store: Store, graph: GraphRecord): Promise<OwnBuild> {
  const { build } = graph;
  if (build === undefined || !/^[0-9a-f]+$/.test(build) || !existsSync(bundleFile(project, build)))
    return { why: 'its build is not in .trainyard/build any more' };
  const index = new RecordIndex(store);
  const looked = new Set<string>();
  for (const { node, run } of await callsOf(store, graph)) {
    const pool = node.pool === undefined ? undefined : project.config.pools[node.pool];
    if (node.pool !== undefined && !pool)
      return { why: `it used pool "${node.pool}", which temporal.config.ts does not have` };
    const record = await index.of(node, run);
    if (!record) continue;
    const backend = record.keyed?.backend as Backend | undefined;
    const name = `${record.node} ${record.code} ${backend ?? ''} ${node.pool ?? ''}`;
    if (looked.has(name)) continue;
    looked.add(name);
    const code = await formerCode(project, record.node, record.code);
    if (typeof code === 'string') return { why: `the code of ${record.node}: ${code}` };
    if (backend !== undefined && !canLoad(backend, (pool?.devices?.length ?? 0) > 0))
      return { why: `${record.node} was computed on ${sayBackend(backend)}, which is not here` };
  }
  return { build };
}
