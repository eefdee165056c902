import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import {
  countOf,
  itemsBetween,
  nextFold,
  OPEN_BYTES,
  pagedCount,
  reopened,
  type PagedList,
} from '../../core/paged-list.js';
import { keepNext, pageActivities, pagesInWorkflow } from '../pages/index.js';
import type {
  ModelEvent,
  ModelVersion,
  MoveRequest,
  RegisterRequest,
  RegistryState,
  RollbackRequest,
  TrafficRequest,
} from './contract.js';
import type { Looked } from './ledger.js';
import { aliasOf, numberOf, onceKey, standing, versionKey } from './state.js';
import type { TrafficLooked } from './traffic.js';

/** Bytes of the versions that an alias stood at before, which are numbers. */
const PAST_BYTES = 2_000;

/** One of the lists of a state that is too long. */
interface Place {
  /** Keeps its next page; gives what puts that into the state as it is then. */
  readonly keep: () => Promise<(now: RegistryState) => RegistryState>;
}

function ifLong<T>(
  list: PagedList<T>,
  bytes: number,
  put: (now: RegistryState, change: (list: PagedList<T>) => PagedList<T>) => RegistryState,
): Place | undefined {
  if (!nextFold(list, bytes)) return undefined;
  return {
    keep: async () => {
      const change = await keepNext(list, bytes);
      return (now) => (change ? put(now, change) : now);
    },
  };
}

/** The first list that is too long. */
function longIn({ versions, history, keys, marks, aliases }: RegistryState, bytes: number): Place | undefined {
  const whole =
    ifLong(versions, bytes, (now, change) => ({ ...now, versions: change(now.versions) })) ??
    ifLong(history, bytes, (now, change) => ({ ...now, history: change(now.history) })) ??
    ifLong(keys, bytes, (now, change) => ({ ...now, keys: change(now.keys) })) ??
    (marks && ifLong(marks, bytes, (now, change) => (now.marks ? { ...now, marks: change(now.marks) } : now)));
  if (whole) return whole;
  for (const [alias, { past }] of Object.entries(aliases)) {
    const long = ifLong(past, Math.min(bytes, PAST_BYTES), (now, change) => {
      const there = aliasOf(now, alias);
      return there ? withPast(now, alias, change(there.past)) : now;
    });
    if (long) return long;
  }
  return undefined;
}

function withPast(state: RegistryState, alias: string, past: PagedList<number>): RegistryState {
  const there = aliasOf(state, alias);
  return there ? { ...state, aliases: { ...state.aliases, [alias]: { ...there, past } } } : state;
}

/** Keeps a state short: moves what is old into the store, once a list of it is too long. */
export class Shortener {
  readonly #get: () => RegistryState;
  readonly #set: (state: RegistryState) => void;
  readonly #bytes: number;
  /** Asked after each step of the Workflow, so the answer is remembered. */
  #known: { readonly state: RegistryState; readonly long: Place | undefined } | undefined;

  constructor(get: () => RegistryState, set: (state: RegistryState) => void, bytes = OPEN_BYTES) {
    this.#get = get;
    this.#set = set;
    this.#bytes = bytes;
  }

  get isDue(): boolean {
    return this.#long() !== undefined;
  }

  /** Until every list is short. Throws when the store does not take a page: what it has not taken stays. */
  async run(): Promise<void> {
    for (let place; (place = this.#long());) {
      const put = await place.keep();
      this.#set(put(this.#get()));
    }
  }

  #long(): Place | undefined {
    const state = this.#get();
    if (this.#known?.state !== state) this.#known = { state, long: longIn(state, this.#bytes) };
    return this.#known.long;
  }
}

/**
 * What requests need of the pages. Where they need nothing, they are settled before anything is waited for. Pages never
 * change, so what was read stays true; what may have moved into a page meanwhile is looked for again.
 */
export class Lookup {
  readonly #get: () => RegistryState;
  readonly #set: (state: RegistryState) => void;

  constructor(get: () => RegistryState, set: (state: RegistryState) => void) {
    this.#get = get;
    this.#set = set;
  }

  ofRegister<R>(request: RegisterRequest, settle: (looked: Looked) => R): R | Promise<R> {
    const key = versionKey(request);
    return this.#isInPages(key) ? this.#withNumber(key, (number) => settle({ number })) : settle({});
  }

  /** Whether only the pages tell what was answered to this move before, if anything. */
  isMoveInPages(request: Pick<MoveRequest, 'once'>): boolean {
    if (typeof request?.once !== 'string') return false;
    const key = onceKey(request.once);
    const number = numberOf(this.#get(), key);
    return number === undefined ? this.#isInPages(key) : !this.#isOpenLine(number);
  }

  ofMove<R>(request: MoveRequest, settle: (looked: Looked) => R): R | Promise<R> {
    const { to, once } = request;
    const isHere = to === null || !this.#isVersion(to) || standing(this.#get(), to) !== undefined;
    if (isHere && !this.isMoveInPages(request)) return settle({});
    return this.#move(to !== null && this.#isVersion(to) ? to : undefined, once, settle);
  }

  async #move<R>(to: number | undefined, once: string | undefined, settle: (looked: Looked) => R): Promise<R> {
    const version = to === undefined ? undefined : await this.#version(to);
    if (once === undefined) return settle({ version });
    return this.#withNumber(onceKey(once), async (number) =>
      number === undefined || this.#isOpenLine(number)
        ? settle({ version })
        : settle({ version, line: await this.#line(number) }),
    );
  }

  /** A version of a plan, and what was answered to the request before, where only the pages tell. */
  async ofTraffic<R>(request: TrafficRequest, settle: (looked: TrafficLooked) => R): Promise<R> {
    const versions = new Map<number, Pick<ModelVersion, 'model' | 'run'>>();
    for (const { version } of request.plan?.arms ?? []) {
      const found = this.#isVersion(version) ? await this.#version(version) : undefined;
      if (found) versions.set(version, found);
    }
    if (!this.isMoveInPages(request)) return settle({ versions });
    return this.#withNumber(onceKey(request.once!), async (number) =>
      number === undefined || this.#isOpenLine(number)
        ? settle({ versions })
        : settle({ versions, line: await this.#line(number) }),
    );
  }

  ofRollback<R>({ alias }: RollbackRequest, settle: (looked: Looked) => R): R | Promise<R> {
    const past = aliasOf(this.#get(), alias)?.past;
    const target = past?.open.at(-1);
    const isHere = target === undefined ? !past || pagedCount(past) === 0 : standing(this.#get(), target) !== undefined;
    return isHere ? settle({}) : this.#rollback(alias, settle);
  }

  async #rollback<R>(alias: string, settle: (looked: Looked) => R): Promise<R> {
    for (;;) {
      const past = aliasOf(this.#get(), alias)?.past;
      const target = past?.open.at(-1);
      if (target !== undefined) {
        const version = await this.#version(target);
        if (aliasOf(this.#get(), alias)?.past.open.at(-1) === target) return settle({ version });
      } else if (!past || pagedCount(past) === 0) return settle({});
      else {
        const open = await told(() => reopened(past, pagesInWorkflow<number>()));
        if (aliasOf(this.#get(), alias)?.past === past) this.#set(withPast(this.#get(), alias, open));
      }
    }
  }

  /** Settles by the number of a key, in the step that knows that it stands in no page that has come meanwhile. */
  async #withNumber<R>(key: string, settle: (number: number | undefined) => R | Promise<R>): Promise<R> {
    for (;;) {
      const { pages } = this.#get().keys;
      const found = await told(() => pageActivities()['trainyard.findInPages'](pages, key));
      if (this.#get().keys.pages === pages)
        return settle(numberOf(this.#get(), key) ?? (found as number | null) ?? undefined);
    }
  }

  async #version(number: number): Promise<Pick<ModelVersion, 'model' | 'run'> | undefined> {
    const { versions } = this.#get();
    const here = standing(this.#get(), number);
    return here ?? (await told(() => itemsBetween(versions, number - 1, number, pagesInWorkflow<ModelVersion>())))[0];
  }

  async #line(number: number): Promise<ModelEvent | undefined> {
    const { history } = this.#get();
    return (await told(() => itemsBetween(history, number - 1, number, pagesInWorkflow<ModelEvent>())))[0];
  }

  #isInPages(key: string): boolean {
    return pagedCount(this.#get().keys) > 0 && numberOf(this.#get(), key) === undefined;
  }

  #isOpenLine(number: number): boolean {
    return number > pagedCount(this.#get().history);
  }

  #isVersion(number: number): boolean {
    return Number.isInteger(number) && number >= 1 && number <= countOf(this.#get().versions);
  }
}

/** What the store said, in its words, where it could not be read: it fails the request alone. */
async function told<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
  }
}
