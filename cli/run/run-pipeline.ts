import { startPart } from '../../client/run/partial.js';
import { newRunId, startPipeline } from '../../client/run/runs.js';
import { connectNow } from '../../client/reader.js';
import { readAddresses } from '../../project/addresses.js';
import { gitCommit } from '../../project/commit.js';
import type { Project } from '../../project/project.js';
import { note, print, printJson } from '../terminal.js';
import type { RunOptions } from './options.js';
import { followToEnd } from './follow.js';
import { Interruption, sayHowToTakeUp } from './interruption.js';
import { onDisk, runOnDisk } from './on-disk.js';
import { readParams, readSeed } from './params.js';
import { isPart, planOf, printPlan } from './partial-run.js';
import { pipelineOf } from './pipeline-of.js';

/** `trainyard run`: starts a pipeline and follows it to its end. */
export async function runPipeline(
  loading: Promise<Project>,
  name: string | undefined,
  options: RunOptions,
): Promise<void> {
  const seed = options.seed === undefined ? undefined : readSeed(options.seed);
  const project = await loading;
  const { pipeline, name: known } = pipelineOf(project, name);
  const asPart = isPart(options);
  const params = asPart ? null : await readParams(pipeline, options);
  const build = options.servedCode || options.dryRun ? undefined : onDisk(project);
  const committed = gitCommit(project.root);
  const client = await connectNow(project);
  const interruption = new Interruption();
  try {
    const plan = asPart ? await planOf(client, known, options) : undefined;
    if (plan && (options.dryRun || !options.json)) printPlan(plan, options.json === true);
    if (options.dryRun) return;
    if (build) await runOnDisk(client, project, build);
    const id = options.id ?? newRunId(known);
    const commit = await committed;
    interruption.before = () =>
      note(`\nInterrupted while ${id} was being started; trainyard show ${id} says whether it goes on.`);
    const facts = { id, pages: readAddresses(project.state)?.server, commit };
    const { fresh } = options;
    const onFailure = options.pause ? { onFailure: 'pause' as const } : {};
    const input = {
      params,
      ...(seed === undefined ? {} : { seed }),
      ...(fresh ? { fresh } : {}),
      ...onFailure,
      cause: { kind: 'person' },
    };
    if (plan) await startPart(client, plan, { ...facts, fresh, ...onFailure });
    else await startPipeline(client, { pipeline: known, input, ...facts });
    interruption.before = () => note(sayHowToTakeUp(id));
    if (options.detach) {
      if (options.json) printJson({ run: id });
      else print(`started ${id}\n  trainyard show ${id} --follow`);
      return;
    }
    if (!options.json) print(`run ${id}`);
    const result = await followToEnd({ project, client, id, json: options.json === true, interruption });
    if (options.json) printJson(result);
  } finally {
    interruption.end();
    await client.close();
  }
}
