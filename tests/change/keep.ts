import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { readAddresses } from '../../project/addresses.js';
import { projectCodes } from '../../project/codes.js';
import { loadProject } from '../../project/project.js';
import { buildIdOf, bundleFacts, workflowBundle } from '../../project/workflow-bundle.js';

const { History } = proto.temporal.api.history.v1;

/** Keeps every history that a server holds, with the project whose Workflows made them; says how many. */
export async function keep(temporal: Client, projectFolder: string, parts: readonly string[], to: string) {
  mkdirSync(to, { recursive: true });
  for (const part of [...parts, 'temporal.config.ts'])
    cpSync(path.join(projectFolder, part), path.join(to, 'project', part), { recursive: true });
  const project = await loadProject(path.join(projectFolder, 'temporal.config.ts'));
  const codes = await projectCodes(project);
  const pages = readAddresses(project.state)?.server;
  const { buildId } = await workflowBundle(project, codes, pages, await buildIdOf(project, codes, pages));
  const facts = { ...bundleFacts(project, codes, pages), buildId };
  writeFileSync(path.join(to, 'facts.json'), `${JSON.stringify(facts)}\n`);
  let kept = 0;
  const names = new Map<string, number>();
  for await (const { workflowId, runId, type } of temporal.workflow.list()) {
    if (type.startsWith('temporal-sys')) continue;
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const name = `${type}.${workflowId}`.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 80);
    const number = (names.get(name) ?? 0) + 1;
    names.set(name, number);
    const bytes = History.encode(withoutPlaces(history, projectFolder)).finish();
    writeFileSync(
      path.join(to, `${name}${number === 1 ? '' : `.${number}`}.history.gz`),
      gzipSync(bytes, { level: 9 }),
    );
    kept++;
  }
  return kept;
}

/** A history without the names of the machine and of the folder that it was recorded in. */
function withoutPlaces(history: Parameters<typeof History.encode>[0], folder: string): typeof history {
  const replace = (text: string): string => text.replaceAll(folder, 'project').replaceAll(hostname(), 'worker');
  const walk = (inside: object): void => {
    for (const [name, value] of Object.entries(inside)) {
      if (typeof value === 'string') Reflect.set(inside, name, replace(value));
      else if (value instanceof Uint8Array) {
        const text = Buffer.from(value).toString('utf8');
        if (replace(text) !== text) Reflect.set(inside, name, Buffer.from(replace(text)));
      } else if (typeof value === 'object' && value !== null) walk(value as object);
    }
  };
  walk(history);
  return history;
}
