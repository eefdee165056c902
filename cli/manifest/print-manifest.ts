import { openReader } from '../../client/reader.js';
import { sayBytes } from '../../core/duration.js';
import { loadConfig } from '../../project/project.js';
import { runManifest, type RunManifest } from '../../client/provenance/index.js';
import { findRun } from '../show/find-run.js';
import { colours, print, printJson, table } from '../terminal.js';

/** `trainyard manifest`: for people the outline, with `--json` all of it. */
export async function printManifest(config: string | undefined, run: string, json: boolean): Promise<void> {
  const reader = await openReader(await loadConfig(config));
  try {
    const { graph } = await findRun(reader, run);
    const manifest = await runManifest(reader.store, graph);
    if (json) printJson(manifest);
    else print(manifestText(manifest));
  } finally {
    await reader.close();
  }
}

function manifestText(manifest: RunManifest): string {
  const { run, pipeline, state, seed, environment, libraries, devices, data, codes, calls } = manifest;
  const lines: [string, string][] = [
    ['pipeline', pipeline],
    ['seed', String(seed)],
    ['parameters', JSON.stringify(manifest.params)],
    ['commit', commitOf(environment)],
    [
      'lock file',
      environment?.lockFile ? `${environment.lockFile.name} sha256 ${environment.lockFile.sha256}` : 'none',
    ],
    ['devices', devices.join(', ') || 'none'],
  ];
  if (environment) {
    const { processor, cores, memory, os, platform } = environment.machine;
    lines.push(['machine', `${processor}, ${cores} cores, ${sayBytes(memory)}, ${os}, ${platform}`]);
  }
  const versions = environment?.libraries ?? libraries[0] ?? {};
  lines.push([
    'versions',
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ]);
  if (libraries.length > 1)
    lines.push(['', `${libraries.length} different sets of versions computed nodes: see --json`]);
  return [
    `${colours.bold(run)}  ${state}`,
    ...lines.map(([name, value]) => `  ${colours.dim(name.padEnd(10))}  ${value}`),
    '',
    table(
      ['data', 'kind', 'from'],
      data.map(({ digest, kind, from }) => [digest, kind, from]),
      { most: 80 },
    ),
    '',
    table(
      ['code', 'of', 'files'],
      Object.entries(codes).flatMap(([node, all]) =>
        all.map(({ hash, files }) => [
          hash,
          node,
          (files as unknown[]).length === 0 ? '' : String((files as unknown[]).length),
        ]),
      ),
    ),
    '',
    table(
      ['call', 'node', 'state', 'outputs', 'by'],
      calls.map((one) => [
        one.call,
        one.name,
        one.state,
        Object.entries(one.outputs)
          .map(([port, digest]) => `${port} ${digest.slice(7, 19)}`)
          .join(' '),
        one.madeBy === null || one.madeBy === run ? '' : one.madeBy,
      ]),
    ),
  ].join('\n');
}

function commitOf(environment: RunManifest['environment']): string {
  if (!environment || environment.commit === null) return 'none: not in a repository';
  return `${environment.commit}${environment.clean ? '' : ', with changes that are not in it'}`;
}
