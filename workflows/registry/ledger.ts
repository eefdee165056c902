import { TrainyardError } from '@trainyard/errors';
import { isDigest } from '../../core/digest.js';
import { appended, countOf, pagedList, type PagedList } from '../../core/paged-list.js';
import { jsonBytes } from '../../core/paging.js';
import {
  isAliasEvent,
  type ModelEvent,
  type ModelVersion,
  type MoveAnswer,
  type MoveRequest,
  type RegisterAnswer,
  type RegisterRequest,
  type RegistryState,
  type RollbackRequest,
} from './contract.js';
import { checkStands, deletedWithout } from './marks.js';
import { checkRecord, checkText, refuse } from './refusals.js';
import { aliasOf, numberOf, onceKey, standing, versionKey } from './state.js';

// The registry's rules as pure functions of its state: what a request changes, or the words in which it is refused. What
// a request needs of facts that the store has is looked up before, and handed in.

/**
 * Most JSON that waits for the store to take it, in bytes: it travels whole when the Workflow continues as new (2 MB at
 * most). Room is left for moves, since a rollback must always be possible.
 */
const MOST_WAITING_BYTES = 1_400_000;

/** Aliases that a model may have: servers and lists are told of all of them with every change. */
const MOST_ALIASES = 200;

/** What the pages told about a request. */
export interface Looked {
  /** The number that its key stands for. */
  readonly number?: number | undefined;
  /** The line of an earlier request with its key. */
  readonly line?: ModelEvent | undefined;
  /** The version that it names. */
  readonly version?: Pick<ModelVersion, 'model' | 'run'> | undefined;
}

/** Throws TY-MODEL-REQUEST when a registration is not acceptable. */
export function checkRegister(state: RegistryState, request: RegisterRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  if (!isDigest(request.model?.digest))
    refuse(
      state,
      'the model is no reference to an artifact',
      'model',
      'a reference {kind, digest, size}',
      request.model,
    );
  if (request.model.kind !== 'model')
    refuse(state, 'only a model can be registered', 'model.kind', 'model', request.model.kind);
  for (const field of ['run', 'lineage', 'pipeline', 'by', 'why'] as const) checkText(state, field, request[field]);
  for (const [name, value] of Object.entries(request.metrics ?? {}))
    if (typeof value !== 'number' || !Number.isFinite(value))
      refuse(state, `metric ${name} is no number`, `metrics.${name}`, 'a finite number', value);
  for (const field of ['metrics', 'signature', 'evidence'] as const) checkRecord(state, field, request[field]);
}

/** Throws TY-MODEL-REQUEST where so much waits for the store that a version more could not be carried. */
export function checkRoom(state: RegistryState, problem: string | undefined): void {
  const { versions, history, keys } = state;
  if (jsonBytes([versions.open, history.open, keys.open]) <= MOST_WAITING_BYTES) return;
  refuse(
    state,
    `it takes no version until the store has taken its older ones: ${versions.open.length} wait`,
    'model',
    `a store that takes them${problem === undefined ? '' : `; it said: ${problem}`}`,
  );
}

/** Adds a version, or finds the one that this model of this lineage already is. */
export function register(
  state: RegistryState,
  request: RegisterRequest,
  at: string,
  looked: Looked = {},
): { state: RegistryState; answer: RegisterAnswer } {
  checkRegister(state, request);
  const key = versionKey(request);
  const known = numberOf(state, key) ?? looked.number;
  if (known !== undefined)
    return { state: broughtBack(state, known, request, at), answer: { version: known, created: false } };
  const { kind, digest, size } = request.model;
  const { run, lineage, pipeline, metrics = {}, signature = null, evidence = null, by, why } = request;
  const version = countOf(state.versions) + 1;
  const added = {
    version,
    model: { kind, digest, size },
    run,
    lineage,
    pipeline,
    metrics,
    signature,
    evidence,
    registeredAt: at,
    by,
    why,
  };
  const event: ModelEvent = { number: countOf(state.history) + 1, at, what: 'registered', version, by, why, run };
  return {
    state: {
      ...state,
      versions: appended(state.versions, added),
      history: appended(state.history, event),
      keys: appended(state.keys, [key, version] as const),
    },
    answer: { version, created: true },
  };
}

/** A version that was deleted is there again once its model, of the same lineage, is registered again. */
function broughtBack(
  state: RegistryState,
  version: number,
  { by, why, run }: RegisterRequest,
  at: string,
): RegistryState {
  const deleted = deletedWithout(state.deleted, version);
  if (deleted === state.deleted) return state;
  const number = countOf(state.history) + 1;
  return {
    ...state,
    deleted,
    marks: appended(state.marks ?? pagedList(), { version, at, by, why, deleted: false }),
    history: appended(state.history, { number, at, what: 'registered', version, by, why, run }),
  };
}

/** The answer that a request with this key got before. */
function answered(state: RegistryState, once: string | undefined, looked: Looked): MoveAnswer | undefined {
  if (once === undefined) return undefined;
  const number = numberOf(state, onceKey(once));
  const event = state.history.open.find((line) => line.number === number) ?? looked.line;
  if (!event || !isAliasEvent(event)) return undefined;
  return { alias: event.alias, from: event.from, to: event.to, at: event.at, move: event.number };
}

function checkExpected(state: RegistryState, alias: string, expected: number | null | undefined): void {
  if (expected === undefined) return;
  const there = aliasOf(state, alias);
  if ((there?.version ?? null) === expected) return;
  throw new TrainyardError('TY-ALIAS-MOVED', {
    what: `${state.name}: alias "${alias}" is not where this request expects it`,
    where: { field: 'expected' },
    expected: expected === null ? 'no such alias' : `version ${expected}`,
    actual: there ? `version ${there.version}, since ${there.since} by ${there.by}: ${there.why}` : 'no such alias',
  });
}

/** Throws TY-MODEL-REQUEST, TY-MODEL-UNKNOWN or TY-ALIAS-MOVED when a move is not acceptable. */
export function checkMove(state: RegistryState, request: MoveRequest, looked: Looked = {}): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  if (typeof request.alias !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(request.alias))
    refuse(state, 'this is not an alias', 'alias', 'lower-case letters, digits and hyphens, 63 at most', request.alias);
  checkText(state, 'by', request.by);
  checkText(state, 'why', request.why);
  checkRecord(state, 'evidence', request.evidence);
  if (answered(state, request.once, looked)) return;
  if (request.to !== null) checkStands(state, 'to', request.to);
  checkExpected(state, request.alias, request.expected);
  if (request.to === null && !aliasOf(state, request.alias))
    refuse(state, `there is no alias "${request.alias}" to remove`, 'alias');
}

/** Throws TY-MODEL-REQUEST for an alias too many. */
export function checkAliases(state: RegistryState, { alias, to }: MoveRequest): void {
  if (to === null || aliasOf(state, alias) || Object.keys(state.aliases).length < MOST_ALIASES) return;
  refuse(
    state,
    `it has ${MOST_ALIASES} aliases`,
    'alias',
    `${MOST_ALIASES} aliases at most: remove one that is not used`,
  );
}

/** Moves an alias: all or nothing, and only from where the request expects it. */
export function move(
  state: RegistryState,
  request: MoveRequest,
  at: string,
  looked: Looked = {},
): { state: RegistryState; answer: MoveAnswer } {
  checkMove(state, request, looked);
  const before = answered(state, request.once, looked);
  if (before) return { state, answer: before };
  const there = aliasOf(state, request.alias);
  const past = there
    ? there.version === request.to
      ? there.past
      : appended(there.past, there.version)
    : pagedList<number>();
  return settle(state, { ...request, what: 'moved', from: there?.version ?? null, past, at }, looked);
}

/** Throws as `checkMove`, and TY-MODEL-REQUEST when the alias has stood nowhere before. */
export function checkRollback(state: RegistryState, request: RollbackRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  checkText(state, 'by', request.by);
  checkText(state, 'why', request.why);
  const there = aliasOf(state, request.alias);
  if (!there) refuse(state, `there is no alias "${String(request.alias)}"`, 'alias');
  checkExpected(state, request.alias, request.expected);
  if (countOf(there.past) === 0)
    refuse(
      state,
      `alias "${request.alias}" has stood at version ${there.version} only: there is nothing to go back to`,
      'alias',
    );
}

/** Moves an alias back to where it stood before; asked again, one further back. */
export function rollback(
  state: RegistryState,
  request: RollbackRequest,
  at: string,
  looked: Looked = {},
): { state: RegistryState; answer: MoveAnswer } {
  checkRollback(state, request);
  const { version, past } = aliasOf(state, request.alias)!;
  checkStands(state, 'alias', past.open.at(-1)!);
  const change = {
    ...request,
    what: 'rolled back',
    from: version,
    to: past.open.at(-1)!,
    past: { ...past, open: past.open.slice(0, -1) },
    at,
  } as const;
  return settle(state, change, looked);
}

function settle(
  state: RegistryState,
  change: MoveRequest & { what: 'moved' | 'rolled back'; from: number | null; past: PagedList<number>; at: string },
  looked: Looked,
): { state: RegistryState; answer: MoveAnswer } {
  const { alias, from, to, by, why, evidence = null, once, what, past, at } = change;
  const number = countOf(state.history) + 1;
  const event: ModelEvent = {
    number,
    at,
    what,
    alias,
    from,
    to,
    by,
    why,
    evidence,
    ...(once === undefined ? {} : { once }),
  };
  const { [alias]: _, ...others } = state.aliases;
  const found = to === null ? undefined : (standing(state, to) ?? looked.version);
  if (to !== null && !found) throw new Error(`version ${to} was not looked up`);
  const aliases = found
    ? {
        ...others,
        [alias]: { version: to!, since: at, by, why, move: number, past, model: found.model, run: found.run },
      }
    : others;
  return {
    state: {
      ...state,
      aliases,
      history: appended(state.history, event),
      keys: once === undefined ? state.keys : appended(state.keys, [onceKey(once), number] as const),
    },
    answer: { alias, from, to, at, move: number },
  };
}
