import { connectNow } from '../../client/reader.js';
import { readStudy, steerStudy, studyNamed, type Steering } from '../../client/study/studies.js';
import { TrainyardError } from '@trainyard/errors';
import type { StudyState } from '../../core/study/state.js';
import { loadConfig } from '../../project/project.js';
import { sayNested, sayValue, studySentence, studyText } from '../../core/study/index.js';
import { colours, print, printJson } from '../terminal.js';
import type { StudyAction, StudyCommandOptions } from './options.js';
import { userName } from '../user-name.js';

/** `trainyard study RUN`. */
export async function showStudy(config: string | undefined, run: string, options: StudyCommandOptions): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const state = await readStudy(client, await studyNamed(client, run, options.study));
    if (!state)
      throw new TrainyardError('TY-STUDY-UNKNOWN', {
        what: `the study of ${run} does not answer, and has kept nothing yet`,
        where: { run },
      });
    if (options.json) printJson(state);
    else print(textOf(state));
  } finally {
    await client.close();
  }
}

/** `trainyard study RUN grow`, and so on. */
export async function steer(
  config: string | undefined,
  run: string,
  action: StudyAction,
  options: StudyCommandOptions,
): Promise<void> {
  const who = { by: options.by ?? userName(), why: options.why ?? '' };
  const steering = steeringOf(action, options, who);
  const client = await connectNow(await loadConfig(config));
  try {
    const study = await studyNamed(client, run, options.study);
    await steerStudy(client, study, steering);
    if (options.json) printJson({ study, ...steering });
    else print(`${study}: ${action}, by ${who.by}`);
  } finally {
    await client.close();
  }
}

function steeringOf(
  action: StudyAction,
  { trials, param = [] }: StudyCommandOptions,
  who: { by: string; why: string },
): Steering {
  if (action === 'grow') return { action, trials: moreTrials(trials), ...who };
  if (action === 'add') return { action, params: paramsOf(param), ...who };
  return { action, ...who };
}

/** `+50` as a number of trials. Throws TY-USAGE for anything else. */
export function moreTrials(text: string | undefined): number {
  const number = /^\+?(\d+)$/.exec(text ?? '')?.[1];
  if (number !== undefined && Number(number) > 0) return Number(number);
  throw new TrainyardError('TY-USAGE', {
    what: text === undefined ? 'grow needs to say by how much' : `"${text}" is no number of trials`,
    expected: '--trials +50',
  });
}

function paramsOf(given: readonly string[]): Record<string, string | number | boolean | null> {
  if (given.length === 0)
    throw new TrainyardError('TY-USAGE', { what: 'a trial needs its parameters', expected: '-p name=value, for each' });
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new TrainyardError('TY-USAGE', { what: `"${one}" is no parameter`, expected: 'name=value' });
      return [one.slice(0, at), valueOf(one.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): string | number | boolean | null {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
      return value;
  } catch {
    return text;
  }
  return text;
}

/** A study for people: how far it is, the curve, its trials, what people changed. */
function textOf(state: StudyState): string {
  const { optimism, nested, changes } = state;
  const now = Date.now();
  return [
    `${colours.bold(state.run)}  ${state.target}, ${state.sampler}${state.pruner === 'none' ? '' : ` and ${state.pruner}`}`,
    studySentence(state, now),
    '',
    studyText(state, now),
    ...(optimism
      ? ['', `likely luck: ${sayValue(optimism.amount)}, so expect ${sayValue(optimism.expected)} (${optimism.method})`]
      : []),
    ...(nested ? [`nested estimate: ${sayNested(nested)}`] : []),
    ...changes.map(({ by, what, why }) => `${by}: ${what}${why === '' ? '' : ` (${why})`}`),
  ].join('\n');
}
