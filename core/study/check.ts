import {
  createStudy,
  prunerNames,
  samplerNames,
  SearchError,
  type PrunerSpec,
  type SamplerSpec,
  type Space,
} from 'ml-hyperparameter';
import { durationMs } from '../duration.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { ConstraintAsk, ObjectiveAsk, StudyAsk } from './ask.js';
import type { StudyOptions } from './options.js';
import { checkGiven, checkNested, type GivenFold } from './given.js';
import { misshapen } from './shape.js';
import { refusalOf, type StudyTarget } from './target.js';

/** The part of a study's ask that its options decide. */
export type Search = Omit<StudyAsk, 'target' | 'shared' | 'folds' | 'nested'>;

const DEFAULTS = { parallel: 2, failures: 5 } as const;

/**
 * A study's options, checked before anything runs. Throws TY-STUDY that names the option: an empty or contradictory
 * space, a grid larger than the budget, values that the node does not take, names that are not there.
 */
export function checkedSearch(
  target: StudyTarget,
  space: Space,
  options: StudyOptions,
  shared: Readonly<Record<string, unknown>>,
  folds: readonly object[],
  nested: readonly GivenFold[] = [],
): Search {
  const refuse = refusalOf(target);
  const wrong = misshapen({ ...options, space: space ?? {} });
  if (wrong) refuse(wrong.field, wrong.what, wrong.expected);
  const whole = (field: 'trials' | 'parallel' | 'failures', value: number): number =>
    Number.isInteger(value) && value >= 1
      ? value
      : refuse(field, `${field} is ${value}`, 'a whole number of at least 1');
  const parallel = whole('parallel', options.parallel ?? DEFAULTS.parallel);
  const failures = whole('failures', options.failures ?? DEFAULTS.failures);
  const trials = options.trials === undefined ? undefined : whole('trials', options.trials);
  const timeMs = options.time === undefined ? undefined : durationMs(options.time);
  if (options.time !== undefined && !(timeMs !== undefined && timeMs > 0))
    refuse('time', `"${options.time}" is no length of time`, "a duration such as '2 hours'");
  const cost = typeof options.cost === 'number' ? { most: options.cost } : options.cost;
  if (cost && !(cost.most > 0)) refuse('cost', `cost is ${cost.most}`, 'a number above 0');
  if (trials === undefined && timeMs === undefined && cost === undefined && options.enough === undefined)
    refuse('trials', 'nothing says when it ends', 'one of trials, time, cost and enough');
  const enough = options.enough && { least: 0, ...options.enough };
  if (enough && !(enough.chance > 0 && enough.chance < 1 && enough.least >= 0))
    refuse('enough', JSON.stringify(enough), 'a chance between 0 and 1, least 0 or more');
  checkSpace(target, space, shared);
  checkGiven(target, '', shared);
  for (const [i, fold] of folds.entries()) checkGiven(target, `folds.${i}.`, fold, space);
  checkNested(target, space, shared, nested);
  const sampler = specOf(target, 'sampler', options.sampler ?? 'auto', samplerNames) as SamplerSpec;
  const pruner = specOf(target, 'pruner', options.pruner ?? 'none', prunerNames) as PrunerSpec;
  const objectives = objectivesOf(target, options);
  const search: Search = {
    space,
    restrictions: options.restrictions ?? [],
    sampler,
    pruner,
    objectives,
    constraints: constraintsOf(target, options),
    choose: chosen(target, options.choose, objectives),
    parallel,
    failures,
    ...(trials === undefined ? {} : { trials }),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(cost === undefined ? {} : { cost }),
    ...(enough === undefined ? {} : { enough }),
    ...(options.continueAfter === undefined ? {} : { continueAfter: options.continueAfter }),
    ...rungsOf(target, pruner, space, shared, folds.length),
  };
  if (cost && 'at' in cost) checkPath(target, 'cost', cost.at);
  tryOut(target, search);
  return search;
}

function specOf(
  target: StudyTarget,
  field: 'sampler' | 'pruner',
  given: string | { readonly name: string },
  known: readonly string[],
): { readonly name: string } {
  const spec = typeof given === 'string' ? { name: given } : given;
  if (!known.includes(spec.name))
    refusalOf(target)(field, `there is no ${field} "${spec.name}"; ${sayNearest(spec.name, known)}`, known.join(', '));
  return spec;
}

/** Names and ends of a space, held against the node's own parameters. */
function checkSpace(target: StudyTarget, space: Space, shared: Readonly<Record<string, unknown>>): void {
  const { fields } = target;
  const refuse = refusalOf(target);
  for (const [name, parameter] of Object.entries(space ?? {})) {
    const field = `space.${name}`;
    if (name in shared) refuse(field, `"${name}" is searched, and given for all trials in params as well`);
    if (!fields) continue;
    const schema = fields[name];
    if (!schema)
      refuse(
        field,
        `${target.name} has no parameter "${name}"; ${sayNearest(name, Object.keys(fields))}`,
        'parameters of what is tuned',
      );
    else
      for (const value of endsOf(parameter)) {
        if (schema.safeParse(value).success) continue;
        refuse(field, `${target.name} does not take ${JSON.stringify(value)} for "${name}", which the space holds`);
      }
    if (parameter?.kind === 'conditional')
      for (const branch of Object.values(parameter.branches)) checkSpace(target, branch, shared);
  }
}

/** The values at the ends of a parameter: every choice, or the lowest and the highest number. */
function endsOf(parameter: Space[string]): readonly unknown[] {
  switch (parameter?.kind) {
    case 'float':
    case 'int':
      return [parameter.low, parameter.high].filter(Number.isFinite);
    case 'categorical':
      return parameter.choices;
    case 'ordinal':
      return parameter.values;
    case 'boolean':
      return [true, false];
    case 'conditional':
      return Object.keys(parameter.branches);
    default:
      return [];
  }
}

function objectivesOf(target: StudyTarget, options: StudyOptions): readonly ObjectiveAsk[] {
  const refuse = refusalOf(target);
  const { objective, objectives } = options;
  if (objective !== undefined && objectives !== undefined)
    refuse('objectives', 'both objective and objectives are given', 'one of them');
  const list: ObjectiveAsk[] =
    objective === undefined
      ? Object.entries(objectives ?? {}).map(([name, one]) => ({ name, ...one }))
      : [{ name: objective, at: objective, direction: options.direction ?? 'maximize' }];
  if (list.length === 0) refuse('objective', 'it has no objective', 'port.path, such as figures.f1.macro');
  for (const { name, at, direction } of list) {
    checkPath(target, objective === undefined ? `objectives.${name}` : 'objective', at);
    if (direction !== 'maximize' && direction !== 'minimize')
      refuse(
        objective === undefined ? `objectives.${name}` : 'direction',
        `"${String(direction)}" is no direction`,
        'maximize or minimize',
      );
  }
  return list;
}

function constraintsOf(target: StudyTarget, { constraints = {} }: StudyOptions): readonly ConstraintAsk[] {
  return Object.entries(constraints).map(([name, one]) => {
    checkPath(target, `constraints.${name}`, one.at);
    const limits = [one.most, one.least].filter((limit) => limit !== undefined);
    if (limits.length === 0 || !limits.every(Number.isFinite))
      refusalOf(target)(`constraints.${name}`, 'it has no limit', 'most or least, a number');
    return { name, ...one };
  });
}

function checkPath(target: StudyTarget, field: string, at: string): void {
  const [port = ''] = at.split('.');
  if (target.ports && !target.ports.includes(port))
    refusalOf(target)(
      field,
      `${target.name} has no output "${port}"; ${sayNearest(port, target.ports)}`,
      'port.path, such as figures.f1.macro',
    );
}

function chosen(target: StudyTarget, choose: string | undefined, objectives: readonly ObjectiveAsk[]): string {
  const names = ['balanced', ...objectives.map(({ name }) => name)];
  if (choose !== undefined && !names.includes(choose))
    refusalOf(target)('choose', `there is no objective "${choose}"; ${sayNearest(choose, names)}`, names.join(', '));
  return choose ?? 'balanced';
}

/** The rungs on which a trial is run by calls that go on from one another, where pruner and node allow it. */
function rungsOf(
  target: StudyTarget,
  pruner: PrunerSpec,
  space: Space,
  shared: Readonly<Record<string, unknown>>,
  folds: number,
): Pick<Search, 'rungs'> {
  const { continuesOver: param, fields } = target;
  if ((pruner.name !== 'asha' && pruner.name !== 'hyperband') || param === undefined || folds > 0) return {};
  const refuse = refusalOf(target);
  if (param in space)
    refuse(`space.${param}`, `"${param}" says how far a trial runs: with ${pruner.name} the study decides that`);
  const full = shared[param] ?? fields?.[param]?.safeParse(undefined).data;
  const max = pruner.max ?? full;
  const { min = 1, eta = 3 } = pruner;
  if (typeof full !== 'number' || typeof max !== 'number' || !(min > 0) || !(eta > 1) || min > max || max > full)
    return refuse(
      'pruner',
      `the rungs of ${pruner.name} do not fit "${param}" ${String(full)}`,
      `0 < min ≤ max ≤ ${param}, eta > 1`,
    );
  const values: number[] = [];
  for (let rung = min; rung < max * (1 - 1e-9); rung *= eta) values.push(Math.round(rung));
  return { rungs: { param, values: [...new Set([...values, full])] } };
}

/** Sets the study up and lets it suggest once: what its library would refuse later is refused now. */
function tryOut(target: StudyTarget, search: Search): void {
  try {
    studyOf(search, 0).propose();
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    const { at, expected, actual, remedy } = error.detail;
    throw new TrainyardError('TY-STUDY', {
      what: `tune(${target.name}): ${error.message.replace(/^MLH-[A-Z-]+: /, '').split(/; (?:at|expected|got) |\. /)[0] ?? ''}`,
      where: { node: target.name, field: fieldOf(at) },
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      ...(remedy === undefined ? {} : { remedy }),
      cause: error,
    });
  }
}

/** The option that the library means by a place of its own. */
function fieldOf(at = 'space'): string {
  const parameter = /^parameter "(.+)"$/.exec(at)?.[1];
  return parameter === undefined ? at : `space.${parameter}`;
}

/** A study of the library, as asked. */
export function studyOf(search: Search, seed: number): ReturnType<typeof createStudy> {
  return createStudy({
    space: search.space,
    restrictions: search.restrictions,
    sampler: search.sampler,
    pruner: search.pruner,
    directions: Object.fromEntries(search.objectives.map(({ name, direction }) => [name, direction])),
    seed,
    parallel: search.parallel,
    giveUpAfter: search.failures,
    ...(search.trials === undefined ? {} : { trials: search.trials }),
  });
}
