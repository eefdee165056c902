import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readAddresses } from '../../project/addresses.js';
import { nodeCodes } from '../../project/codes.js';
import { loadProject } from '../../project/project.js';
import { bundleFacts, workflowBundle } from '../../project/workflow-bundle.js';

/** Keeps every history that a server holds, with the project whose Workflows made them; says how many. */
export async function keep(temporal: Client, projectFolder: string, parts: readonly string[], to: string) {
  mkdirSync(to, { recursive: true });
  for (const part of [...parts, 'temporal.config.ts'])
    cpSync(path.join(projectFolder, part), path.join(to, 'project', part), { recursive: true });
  const project = await loadProject(path.join(projectFolder, 'temporal.config.ts'));
  const codes = await nodeCodes(project);
  const pages = readAddresses(project.state)?.server;
  const { buildId } = await workflowBundle(project, codes, pages);
  const facts = { ...bundleFacts(project, codes, pages), buildId };
  writeFileSync(path.join(to, 'facts.json'), `${JSON.stringify(facts)}\n`);
  let kept = 0;
  const names = new Map<string, number>();
  for await (const { workflowId, runId, type } of temporal.workflow.list()) {
    if (type.startsWith('temporal-sys')) continue;
    const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const name = `${type}.${workflowId}`.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 80);
    const number = (names.get(name) ?? 0) + 1;
    names.set(name, number);
    const text = withoutPlaces(historyToJSON({ events: events ?? [] }), projectFolder);
    writeFileSync(path.join(to, `${name}${number === 1 ? '' : `.${number}`}.json.gz`), gzipSync(text, { level: 9 }));
    kept++;
  }
  return kept;
}

interface Payload {
  data?: string;
  metadata?: object;
}

/** A history without the names of the machine and of the folder that it was recorded in. */
function withoutPlaces(json: string, folder: string): string {
  const replace = (text: string): string => text.replaceAll(folder, 'project').replaceAll(hostname(), 'worker');
  return replace(
    JSON.stringify(JSON.parse(json), (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || !('data' in value) || !('metadata' in value)) return value;
      const { data, ...rest } = value as Payload;
      if (typeof data !== 'string') return value;
      const text = Buffer.from(data, 'base64').toString('utf8');
      return { ...rest, data: Buffer.from(replace(text)).toString('base64') };
    }),
  );
}
