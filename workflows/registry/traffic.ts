import { TrainyardError } from '@trainyard/errors';
import { appended, countOf } from '../../core/paged-list.js';
import {
  allotSlots,
  sayTraffic,
  trafficAsk,
  type PlannedTraffic,
  type TrafficAsk,
  type TrafficPlan,
} from '../../core/traffic.js';
import type {
  ModelEvent,
  ModelVersion,
  RegistryState,
  TrafficAnswer,
  TrafficEvent,
  TrafficRequest,
} from './contract.js';
import { checkStands } from './marks.js';
import { checkRecord, checkText, refuse } from './refusals.js';
import { aliasOf, numberOf, onceKey, standing } from './state.js';

// Which versions answer beside the one in service: rules as pure functions of the state, as those of moves.

/** What the pages told about a request. */
export interface TrafficLooked {
  readonly versions: ReadonlyMap<number, Pick<ModelVersion, 'model' | 'run'>>;
  /** The line of an earlier request with its key. */
  readonly line?: ModelEvent | undefined;
}

/** The alias that the stable arm follows. */
const SERVED = 'champion';

/** Throws TY-MODEL-REQUEST, TY-MODEL-UNKNOWN, or TY-ALIAS-MOVED where another plan is in force than is expected. */
export function checkTraffic(state: RegistryState, request: TrafficRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  const { plan, by, why, evidence, once } = request;
  checkText(state, 'by', by);
  checkText(state, 'why', why);
  checkRecord(state, 'evidence', evidence);
  if (once !== undefined) checkText(state, 'once', once);
  const parsed = trafficAsk.nullable().safeParse(plan);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    refuse(state, 'this is no traffic plan', ['plan', ...(issue?.path ?? [])].join('.'), issue?.message);
  }
  // What was done stays done, wherever things stand by now.
  if (once !== undefined && numberOf(state, onceKey(once)) !== undefined) return;
  for (const { version } of plan?.arms ?? []) checkStands(state, 'plan.arms.version', version);
  if (plan && !aliasOf(state, SERVED))
    refuse(state, `no version is ${SERVED}, so there is none beside which others could answer`, 'plan');
}

function checkFormer(state: RegistryState, expected: number | null | undefined): void {
  const there = state.traffic;
  if (expected === undefined || (there?.number ?? null) === expected) return;
  throw new TrainyardError('TY-ALIAS-MOVED', {
    what: `${state.name}: another traffic plan is in force than this request expects`,
    where: { field: 'expected' },
    expected: expected === null ? 'no plan' : `the plan of line ${expected}`,
    actual: there ? `line ${there.number}, ${sayTraffic(there)}, by ${there.by}: ${there.why}` : 'no plan',
  });
}

function answered(state: RegistryState, once: string | undefined, line: ModelEvent | undefined) {
  if (once === undefined) return undefined;
  const number = numberOf(state, onceKey(once));
  const event = state.history.open.find((one) => one.number === number) ?? line;
  return event?.what === 'traffic' ? { number: event.number, from: event.from, at: event.at } : undefined;
}

/** Puts a plan in force, or ends the one that is: whole, and only where the one is in force that the request expects. */
export function setTraffic(
  state: RegistryState,
  request: TrafficRequest,
  at: string,
  { versions, line }: TrafficLooked,
): { state: RegistryState; answer: TrafficAnswer } {
  const before = answered(state, request.once, line);
  if (before) return { state, answer: before };
  checkTraffic(state, request);
  checkFormer(state, request.expected);
  const { plan, by, why, evidence = null, once } = request;
  const former = state.traffic;
  const number = countOf(state.history) + 1;
  const from = former?.number ?? null;
  if (!plan && !former) refuse(state, 'no traffic plan is in force, so there is none to end', 'plan');
  const planned = plan ? plannedAfter(former, plan, number) : null;
  const event: TrafficEvent = {
    ...{ number, at, what: 'traffic', by, why, plan: planned, from, evidence },
    ...(once === undefined ? {} : { once }),
  };
  const { traffic: _, ...rest } = state;
  return {
    state: {
      ...rest,
      ...(planned ? { traffic: inForce(state, planned, { number, since: at, by, why }, versions) } : {}),
      history: appended(state.history, event),
      keys: once === undefined ? state.keys : appended(state.keys, [onceKey(once), number] as const),
    },
    answer: { number, from, at },
  };
}

function plannedAfter(
  former: TrafficPlan | undefined,
  { mode, key, arms }: TrafficAsk,
  number: number,
): PlannedTraffic {
  const stay = (former?.arms ?? []).filter((one) =>
    arms.some(({ name, version }) => name === one.name && version === one.version),
  );
  const slots = allotSlots(arms, stay);
  return {
    mode,
    ...(key === undefined ? {} : { key }),
    // A new experiment draws its own units: who was in the last one has seen something.
    salt: former && stay.length > 0 ? former.salt : String(number),
    arms: arms.map(({ name, version, share }, i) => ({ name, version, share, slots: slots[i]! })),
  };
}

function inForce(
  state: RegistryState,
  planned: PlannedTraffic,
  line: Pick<TrafficPlan, 'number' | 'since' | 'by' | 'why'>,
  versions: TrafficLooked['versions'],
): TrafficPlan {
  const arms = planned.arms.map((arm) => {
    const found = standing(state, arm.version) ?? versions.get(arm.version);
    if (!found) throw new Error(`version ${arm.version} was not looked up`);
    return { ...arm, model: found.model, run: found.run };
  });
  return { ...line, ...planned, arms };
}
