import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { connectTo } from '../../client/connect.js';
import { runResult, startPipeline } from '../../client/runs.js';
import { TrainyardError } from '../../core/errors/index.js';
import type { Json } from '../../core/json.js';
import { sayNearest } from '../../core/nearest.js';
import { parsePipelineParams } from '../../core/pipeline.js';
import { readAddresses } from '../../project/addresses.js';
import { gitCommit } from '../../project/commit.js';
import { loadProject } from '../../project/project.js';
import { followRun } from './follow.js';

interface RunOptions {
  param: string[];
  params?: string;
  seed?: string;
  id?: string;
  detach?: boolean;
  json?: boolean;
}

export function runCommand(program: Command): void {
  program
    .command('run')
    .description('run a pipeline and follow it')
    .argument('<pipeline>', 'name of the pipeline')
    .option(
      '-p, --param <name=value>',
      'a parameter; the value is read as JSON where it is, else as text',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--params <file>', 'parameters from a JSON file')
    .option('--seed <number>', "the run's seed")
    .option('--id <id>', 'id of the run')
    .option('--detach', 'start it and do not wait')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options: RunOptions) => {
      const project = await loadProject(program.opts<{ config?: string }>().config);
      const module = project.pipelines.get(name);
      if (!module)
        throw new TrainyardError('TY-PIPELINE-UNKNOWN', {
          what: `there is no pipeline "${name}"; ${sayNearest(name, project.pipelines.keys())}`,
        });
      const params = await readParams(options);
      parsePipelineParams(module.pipeline, params);
      const client = await connectTo(project);
      try {
        const pages = readAddresses(project.state)?.server;
        const handle = await startPipeline(client, {
          pipeline: name,
          input: {
            params,
            ...(options.seed === undefined ? {} : { seed: Number(options.seed) }),
            cause: { kind: 'person' },
          },
          ...(options.id === undefined ? {} : { id: options.id }),
          pages,
          commit: await gitCommit(project.root),
        });
        if (options.detach) {
          process.stdout.write(
            options.json ? `${JSON.stringify({ run: handle.workflowId })}\n` : `started ${handle.workflowId}\n`,
          );
          return;
        }
        if (!options.json) await followRun(client, handle);
        const result = await runResult(handle);
        process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `\n${JSON.stringify(result, null, 2)}\n`);
      } finally {
        await client.close();
      }
    });
}

async function readParams(options: RunOptions): Promise<Json> {
  const fromFile =
    options.params === undefined
      ? {}
      : (JSON.parse(await readFile(options.params, 'utf8')) as { [name: string]: Json });
  const given = options.param.map((one): [string, Json] => {
    const at = one.indexOf('=');
    if (at < 1) throw new TrainyardError('TY-USAGE', { what: `"${one}" is no parameter`, expected: 'name=value' });
    return [one.slice(0, at), readValue(one.slice(at + 1))];
  });
  return { ...fromFile, ...Object.fromEntries(given) };
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
