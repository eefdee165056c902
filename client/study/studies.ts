import type { Client } from '@temporalio/client';
import { isTrainyardError, sayNearest, TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { STUDY_QUERY, studyState, type StudyState, type StudyTrial } from '../../core/study/state.js';
import { STUDY_TYPE } from '../../core/study/ask.js';
import { readGraph, readStudy as readKept } from '../../store/index.js';
import { STUDY, type Steering, type TrialReports, type Verdict } from '../../workflows/study/contract.js';
import { isAway } from '../unreachable.js';
import { describeRun, queryGraph, type RunReader } from '../run/run-view.js';
import { act } from '../run/runs.js';
import { ANSWER_MS, LOOK_MS } from '../patience.js';

export type { Steering } from '../../workflows/study/contract.js';

/** The studies of a run, by the ids of their Workflows, as its graph has them. */
export async function studiesOf({ temporal, store }: RunReader, run: string): Promise<string[]> {
  const graph =
    (temporal && (await queryGraph(temporal, run))) ?? ((await readGraph(store, run)) as unknown as GraphRecord | null);
  return (graph?.nodes ?? [])
    .filter(({ kind, node }) => kind === 'child' && node === STUDY_TYPE)
    .flatMap(({ workflowId }) => workflowId ?? []);
}

/** Whether a run's parameters are what a study is asked. */
export function isStudy(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'space' in params && 'objectives' in params;
}

/**
 * The id of a run's study: the one of this name, or the only one. Throws TY-STUDY-UNKNOWN that names those there are.
 */
export async function studyNamed(reader: RunReader, run: string, name?: string): Promise<string> {
  const known = await studiesOf(reader, run);
  const named = (id: string): string => id.slice(run.length + 1);
  const found = known.filter((id) => name === undefined || named(id) === name);
  if (found.length === 1) return found[0] as string;
  const names = known.map(named);
  throw new TrainyardError('TY-STUDY-UNKNOWN', {
    what:
      name === undefined
        ? names.length === 0
          ? `run "${run}" has no study`
          : `run "${run}" has ${names.length} studies: ${names.join(', ')}; name one`
        : `run "${run}" has no study "${name}"; ${sayNearest(name, names)}`,
    where: { run },
  });
}

/**
 * A study with all its trials, by the id of its Workflow: asked of the Workflow while it goes on and a worker answers,
 * read from the store otherwise; undefined where neither knows it. Of a study that was `known` before, only what has
 * changed since is asked.
 */
export async function readStudy(
  { temporal, store }: RunReader,
  study: string,
  known?: StudyState,
): Promise<StudyState | undefined> {
  const open = temporal && (await describeRun(temporal, study))?.open;
  const state = open ? await queryStudy(temporal, study, known).catch(() => undefined) : undefined;
  if (state) return state;
  const kept = studyState.safeParse(await readKept(store, study));
  return kept.success ? kept.data : undefined;
}

async function queryStudy(temporal: Client, study: string, known: StudyState | undefined): Promise<StudyState> {
  const page = async (from: number): Promise<StudyState> =>
    studyState.parse(
      await temporal.withDeadline(Date.now() + LOOK_MS, () =>
        temporal.workflow.getHandle(study).query<unknown, [{ from: number }]>(STUDY_QUERY, { from }),
      ),
    );
  // A trial that has ended does not change.
  const running = known?.trials.findIndex(({ state }) => state === 'running') ?? 0;
  const from = running < 0 ? (known?.trials.length ?? 0) : running;
  const first = await page(from);
  if (known && first.startedAt !== known.startedAt) return queryStudy(temporal, study, undefined);
  const trials: StudyTrial[] = [...(known?.trials.slice(0, from) ?? []), ...first.trials];
  for (let next = first.next; next !== null;) {
    const more = await page(next);
    trials.push(...more.trials);
    next = more.next;
  }
  return { ...first, trials, next: null };
}

/**
 * Changes a study that goes on: more trials, a trial by hand, a pause, an end. On the record with who and why. Throws
 * TY-DECISION when the study is over or does not take it, TY-PARAM for a trial outside its space, TY-WORKER-NONE when
 * none answers.
 */
export async function steerStudy(
  { temporal }: { readonly temporal: Client },
  study: string,
  steering: Steering,
): Promise<void> {
  const steered = act(study, () =>
    temporal.withDeadline(Date.now() + ANSWER_MS, () =>
      temporal.workflow.getHandle(study).executeUpdate(STUDY.steer, { args: [steering] }),
    ),
  );
  await steered.catch((error: unknown) => {
    if (!isTrainyardError(error) || error.code !== 'TY-RUN-UNKNOWN') throw error;
    throw new TrainyardError('TY-DECISION', {
      what: `the study ${study} is over`,
      where: { run: study },
      remedy: `trainyard resume ${study.split('/')[0] ?? study} --trials +50 goes on where it ended`,
    });
  });
}

/**
 * How a worker tells studies what their trials report, and hears whether they go on. Throws TY-RUN-ENDED when the study
 * is over; anything else means that it did not answer, and may yet.
 */
export function tellStudy({ temporal }: { readonly temporal: Client }) {
  return async (study: string, reports: TrialReports): Promise<Verdict> => {
    try {
      return await temporal.withDeadline(Date.now() + ANSWER_MS, () =>
        temporal.workflow.getHandle(study).executeUpdate<Verdict, [TrialReports]>(STUDY.report, { args: [reports] }),
      );
    } catch (error) {
      // Between two of its parts, which continue as new, it does not answer either: then the next part is open already.
      if (isAway(error) || (await describeRun(temporal, study).catch(() => AWAY))?.open) throw error;
      throw new TrainyardError('TY-RUN-ENDED', {
        what: `the study ${study} is over`,
        where: { run: study },
        cause: error,
      });
    }
  };
}

/** Stands for a study of which Temporal does not say how it is. */
const AWAY = { open: true };
