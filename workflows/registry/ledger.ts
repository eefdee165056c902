import { TrainyardError } from '../../core/errors/index.js';
import { isDigest } from '../../core/digest.js';
import { canonical, type Json } from '../../core/json.js';
import {
  RECORD_CHARACTERS,
  type Announcement,
  type ModelEvent,
  type ModelState,
  type MoveAnswer,
  type MoveRequest,
  type RegisterAnswer,
  type RegisterRequest,
  type RollbackRequest,
} from './contract.js';

// The registry's rules as pure functions of its state: what a request changes, or the words in which it is refused.

/** Most JSON that a model may have, in characters: it travels whole when the Workflow continues as new (2 MB at most). */
const MOST_CHARACTERS = 1_400_000;

export function emptyModel(name: string): ModelState {
  return { name, versions: [], aliases: {}, history: [] };
}

function refuse(state: ModelState, what: string, field: string, expected?: string, actual?: unknown): never {
  const given = actual === undefined ? undefined : JSON.stringify(actual);
  throw new TrainyardError('TY-MODEL-REQUEST', {
    what: `${state.name}: ${what}`,
    where: { field },
    expected,
    actual: given,
  });
}

function checkText(state: ModelState, field: string, value: unknown, most = 500): void {
  if (typeof value !== 'string' || value.trim() === '' || value.length > most)
    refuse(state, `${field} is missing or too long`, field, `1 to ${most} characters`, value);
}

function checkRecord(state: ModelState, field: string, value: Json | undefined): void {
  const size = canonical(value ?? null).length;
  if (size > RECORD_CHARACTERS)
    refuse(
      state,
      `${field} is too large to be kept here`,
      field,
      `at most ${RECORD_CHARACTERS} characters of JSON; refer to an artifact beyond that`,
      size,
    );
}

/** Throws TY-MODEL-REQUEST when a registration is not acceptable. */
export function checkRegister(state: ModelState, request: RegisterRequest): void {
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
  // Room is left for moves: a rollback must always be possible.
  if (JSON.stringify(state).length > MOST_CHARACTERS)
    refuse(state, `with ${state.versions.length} versions its record is full`, 'model', 'register under a new name');
}

/** Adds a version, or finds the one that this model of this lineage already is. */
export function register(
  state: ModelState,
  request: RegisterRequest,
  at: string,
): { state: ModelState; answer: RegisterAnswer } {
  checkRegister(state, request);
  const known = state.versions.find((v) => v.model.digest === request.model.digest && v.lineage === request.lineage);
  if (known) return { state, answer: { version: known.version, created: false } };
  const { kind, digest, size } = request.model;
  const { run, lineage, pipeline, metrics = {}, signature = null, evidence = null, by, why } = request;
  const version = state.versions.length + 1;
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
  const event: ModelEvent = { number: state.history.length + 1, at, what: 'registered', version, by, why, run };
  return {
    state: { ...state, versions: [...state.versions, added], history: [...state.history, event] },
    answer: { version, created: true },
  };
}

/** The answer that a request with this key got before. */
function answered(state: ModelState, once: string | undefined): MoveAnswer | undefined {
  if (once === undefined) return undefined;
  const event = state.history.find((e) => e.what !== 'registered' && e.once === once);
  if (!event || event.what === 'registered') return undefined;
  return { alias: event.alias, from: event.from, to: event.to, at: event.at, move: event.number };
}

function checkExpected(state: ModelState, alias: string, expected: number | null | undefined): void {
  if (expected === undefined) return;
  const there = state.aliases[alias];
  if ((there?.version ?? null) === expected) return;
  throw new TrainyardError('TY-ALIAS-MOVED', {
    what: `${state.name}: alias "${alias}" is not where this request expects it`,
    where: { field: 'expected' },
    expected: expected === null ? 'no such alias' : `version ${expected}`,
    actual: there ? `version ${there.version}, since ${there.since} by ${there.by}: ${there.why}` : 'no such alias',
  });
}

/** Throws TY-MODEL-REQUEST, TY-MODEL-UNKNOWN or TY-ALIAS-MOVED when a move is not acceptable. */
export function checkMove(state: ModelState, request: MoveRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  if (typeof request.alias !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(request.alias))
    refuse(state, 'this is not an alias', 'alias', 'lower-case letters, digits and hyphens, 63 at most', request.alias);
  checkText(state, 'by', request.by);
  checkText(state, 'why', request.why);
  checkRecord(state, 'evidence', request.evidence);
  if (answered(state, request.once)) return;
  if (request.to !== null && !state.versions.some((v) => v.version === request.to))
    throw new TrainyardError('TY-MODEL-UNKNOWN', {
      what: `${state.name} has no version ${JSON.stringify(request.to)}`,
      where: { field: 'to' },
      expected:
        state.versions.length > 0 ? `a version from 1 to ${state.versions.length}` : 'a version that was registered',
    });
  checkExpected(state, request.alias, request.expected);
  if (request.to === null && !state.aliases[request.alias])
    refuse(state, `there is no alias "${request.alias}" to remove`, 'alias');
}

/** Moves an alias: all or nothing, and only from where the request expects it. */
export function move(state: ModelState, request: MoveRequest, at: string): { state: ModelState; answer: MoveAnswer } {
  checkMove(state, request);
  const before = answered(state, request.once);
  if (before) return { state, answer: before };
  const there = state.aliases[request.alias];
  const past = there ? (there.version === request.to ? there.past : [...there.past, there.version]) : [];
  return settle(state, { ...request, what: 'moved', from: there?.version ?? null, past, at });
}

/** Throws as `checkMove`, and TY-MODEL-REQUEST when the alias has stood nowhere before. */
export function checkRollback(state: ModelState, request: RollbackRequest): void {
  if (typeof request !== 'object' || request === null) refuse(state, 'the request is empty', 'request');
  checkText(state, 'by', request.by);
  checkText(state, 'why', request.why);
  const there = state.aliases[request.alias];
  if (!there) refuse(state, `there is no alias "${String(request.alias)}"`, 'alias');
  checkExpected(state, request.alias, request.expected);
  if (there.past.length === 0)
    refuse(
      state,
      `alias "${request.alias}" has stood at version ${there.version} only: there is nothing to go back to`,
      'alias',
    );
}

/** Moves an alias back to where it stood before; asked again, one further back. */
export function rollback(
  state: ModelState,
  request: RollbackRequest,
  at: string,
): { state: ModelState; answer: MoveAnswer } {
  checkRollback(state, request);
  const { version, past } = state.aliases[request.alias]!;
  return settle(state, {
    ...request,
    what: 'rolled back',
    from: version,
    to: past.at(-1)!,
    past: past.slice(0, -1),
    at,
  });
}

function settle(
  state: ModelState,
  change: MoveRequest & { what: 'moved' | 'rolled back'; from: number | null; past: readonly number[]; at: string },
): { state: ModelState; answer: MoveAnswer } {
  const { alias, from, to, by, why, evidence = null, once, what, past, at } = change;
  const number = state.history.length + 1;
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
  const aliases =
    to === null ? others : { ...others, [alias]: { version: to, since: at, by, why, move: number, past } };
  return {
    state: { ...state, aliases, history: [...state.history, event] },
    answer: { alias, from, to, at, move: number },
  };
}

/** What readers without a worker need to know. */
export function announcement(state: ModelState): Announcement {
  const aliases: Record<string, Announcement['aliases'][string]> = {};
  for (const [alias, { version, move: number }] of Object.entries(state.aliases)) {
    const found = state.versions.find((v) => v.version === version);
    if (found) aliases[alias] = { version, move: number, model: found.model, run: found.run };
  }
  return { model: state.name, move: state.history.length, versions: state.versions.length, aliases };
}
