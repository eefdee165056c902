import { workflowInfo } from '@temporalio/workflow';
import { createStudy, type AnyConfiguration, type Study } from 'ml-hyperparameter';
import { digestText } from '../../core/digest.js';
import { isTrainyardError, TrainyardError } from '../../core/errors/index.js';
import type { Handle } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import type { AnyContract } from '../../core/node.js';
import type { RunFacts } from '../../core/runtime.js';
import type { CarriedRun } from '../../core/task.js';
import type { StudyAnswer, StudyAsk } from '../../core/tune.js';
import { contractNamed, hostRun, type Engine } from '../engine/index.js';

/** The argument of a study's Workflow: what any durable child of a run is given, and what continue-as-new adds. */
interface StudyInput {
  readonly args: StudyAsk;
  readonly run: RunFacts;
  readonly name: string;
  readonly scope: string;
  readonly carried?: CarriedRun;
}

/** A hyperparameter study: asks for configurations, runs each as a call of the node, tells what came out. */
export async function study(input: StudyInput): Promise<Json> {
  const facts: RunFacts = { ...input.run, id: workflowInfo().workflowId };
  const closed = await hostRun({
    facts,
    params: input.args as unknown as Json,
    carried: input.carried,
    again: (carried) => [{ ...input, carried }],
    body: (engine) => search(engine, input.args, input.name),
  });
  return (closed as { result: Json }).result;
}

interface Attempt {
  readonly number: number;
  readonly params: { readonly [name: string]: Json };
  readonly outputs: Promise<{ readonly [port: string]: Ref }>;
}

async function search(engine: Engine, ask: StudyAsk, name: string): Promise<StudyAnswer> {
  const node = requireContract(ask.node);
  const searched = createStudy({
    space: ask.space,
    ...(ask.sampler === null ? {} : { sampler: ask.sampler }),
    directions: ask.direction,
    seed: Number.parseInt(digestText(`study ${engine.run.seed} ${name} ${ask.node}`).slice(7, 15), 16),
    trials: ask.trials,
    parallel: ask.parallel,
  }) as Study;
  const attempts: Attempt[] = [];
  for (let next = 0; next < ask.trials + ask.parallel; next++) {
    const due = attempts[next - ask.parallel];
    if (due) await tell(searched, due, ask);
    if (next < ask.trials) attempts.push(start(engine, node, ask, searched.ask()));
  }
  const best = searched.best;
  const won = best ? attempts[best.number] : undefined;
  if (!best || !won)
    throw new TrainyardError('TY-NODE-FAILED', {
      what: `no trial of the study succeeded: ${firstFailure(searched)}`,
      where: { node: ask.node },
    });
  const reported = engine.call(
    requireContract('tune.report'),
    { study: searched.toJSON(), objective: ask.objective },
    {},
  );
  return { params: won.params, outputs: await won.outputs, report: (await reported['out']) as StudyAnswer['report'] };
}

function start(
  engine: Engine,
  node: AnyContract,
  ask: StudyAsk,
  asked: { number: number; params: AnyConfiguration },
): Attempt {
  const params = { ...ask.params, ...(asked.params as { [name: string]: Json }) };
  const handles = engine.scope(`trial ${asked.number}`, () =>
    engine.call(node, { ...ask.inputs, ...params }, { summary: `trial ${asked.number}: ${say(asked.params)}` }),
  );
  return { number: asked.number, params, outputs: settled(handles) };
}

function settled(handles: Record<string, Handle>): Promise<{ readonly [port: string]: Ref }> {
  const all = Promise.all(Object.entries(handles).map(async ([port, handle]) => [port, await handle] as const)).then(
    (entries) => Object.fromEntries(entries),
  );
  all.catch(() => undefined);
  return all;
}

async function tell(searched: Study, attempt: Attempt, ask: StudyAsk): Promise<void> {
  try {
    const [port = '', ...path] = ask.objective.split('.');
    const outputs = await attempt.outputs;
    const value = path.reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      outputs[port]?.value,
    );
    if (typeof value !== 'number') {
      throw new TrainyardError('TY-PARAM', {
        what: `the objective ${ask.objective} is not a number in what ${ask.node} gives`,
        where: { node: ask.node },
        actual: JSON.stringify(value) ?? 'nothing',
      });
    }
    searched.tell(attempt.number, value);
  } catch (error) {
    if (!isTrainyardError(error) || error.code === 'TY-PARAM') throw error;
    searched.fail(attempt.number, error.what);
  }
}

function say(configuration: AnyConfiguration): string {
  return Object.entries(configuration)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`)
    .join(' ');
}

function firstFailure(searched: Study): string {
  const failed = searched.trials.find((trial) => trial.state === 'failed');
  return failed && 'reason' in failed && typeof failed.reason === 'string' ? failed.reason : 'no reason was given';
}

function requireContract(name: string): AnyContract {
  const contract = contractNamed(name);
  if (!contract)
    throw new TrainyardError('TY-NODE-UNKNOWN', { what: `there is no node "${name}"`, where: { node: name } });
  return contract;
}
