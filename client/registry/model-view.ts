import { TrainyardError } from '@trainyard/errors';
import { countOf, itemsBetween, type PagedList } from '../../core/paged-list.js';
import { pageReader, type Store } from '../../store/index.js';
import {
  modelEventSchema,
  modelVersionSchema,
  pastSchema,
  type Alias,
  type ModelEvent,
  type ModelHead,
} from '../../workflows/registry/contract.js';
import type { TrafficPlan } from '../../core/traffic.js';
import type { ProjectAccess } from '../homes.js';
import { withMarks, type MarkedVersion } from './marks.js';
import { getModelHead } from './models.js';

/** What reading a model needs: its registry answers for the newest, the store for the rest. */
export interface ModelReading extends ProjectAccess {
  readonly store: Store;
}

/** Which part of a model is asked for: the newest of everything by default. */
export interface ModelAsk {
  /** Versions below this number. */
  readonly versionsBefore?: number | undefined;
  /** Lines of the history below this number. */
  readonly historyBefore?: number | undefined;
  /** Most versions, lines, and former places of an alias; default 100. */
  readonly most?: number | undefined;
}

/** A model, or a part of it. Lists have the oldest first. */
export interface ModelView {
  readonly name: string;
  readonly versions: readonly MarkedVersion[];
  readonly aliases: { readonly [alias: string]: Alias };
  readonly history: readonly ModelEvent[];
  /** Which versions answer beside the champion; absent where it answers alone. */
  readonly traffic?: TrafficPlan | undefined;
  /** How many versions and lines there are in all: the newest has that number. */
  readonly counts: { readonly versions: number; readonly history: number };
  /** Receivers of webhooks that have not acknowledged all lines, with how many they lack. */
  readonly behind: readonly {
    readonly receiver: string;
    readonly lines: number;
    readonly problem?: string | undefined;
  }[];
  /** Why the registry could not move older versions into the store, in words. */
  readonly problem?: string | undefined;
}

/** Versions and lines that are shown when nobody says how many. */
const SHOWN = 100;

/** A model as its registry and the store tell it. Throws TY-MODEL-UNKNOWN, naming the nearest. */
export async function getModel(access: ModelReading, model: string, ask: ModelAsk = {}): Promise<ModelView> {
  const head = await getModelHead(access, model);
  const { most = SHOWN } = ask;
  const { store } = access;
  const aliases: Record<string, Alias> = {};
  for (const [alias, { version, since, by, why, move, past }] of Object.entries(head.aliases))
    aliases[alias] = {
      version,
      since,
      by,
      why,
      move,
      past: await below(past, undefined, most, pageReader(store, pastSchema)),
    };
  return {
    name: head.name,
    versions: await withMarks(
      store,
      head,
      await below(head.versions, ask.versionsBefore, most, pageReader(store, modelVersionSchema)),
    ),
    aliases,
    history: await below(head.history, ask.historyBefore, most, pageReader(store, modelEventSchema)),
    counts: { versions: countOf(head.versions), history: countOf(head.history) },
    behind: Object.entries(head.outbox?.hooks ?? {}).flatMap(([receiver, { delivered, problem }]) => {
      const lines = countOf(head.history) - delivered;
      return lines > 0 && problem !== undefined ? [{ receiver, lines, problem }] : [];
    }),
    ...(head.traffic === undefined ? {} : { traffic: head.traffic }),
    ...(head.problem === undefined ? {} : { problem: head.problem }),
  };
}

/** The items of a list that come before the one of this number, which counts from 1; so many at most. */
function below<T>(
  list: PagedList<T>,
  before: number | undefined,
  most: number,
  read: ReturnType<typeof pageReader<T>>,
): Promise<T[]> {
  const end = Math.min(countOf(list), before === undefined ? Infinity : before - 1);
  return itemsBetween(list, Math.max(0, end - most), Math.max(0, end), read);
}

/** One version of a model, however old. Throws TY-MODEL-UNKNOWN. */
export async function getVersion(access: ModelReading, model: string, version: number): Promise<MarkedVersion> {
  return versionIn(access.store, await getModelHead(access, model), version);
}

/** The same of a model whose registry has been asked already. */
export async function versionIn(store: Store, head: ModelHead, version: number): Promise<MarkedVersion> {
  const read = pageReader(store, modelVersionSchema);
  const [found] = Number.isInteger(version) ? await itemsBetween(head.versions, version - 1, version, read) : [];
  if (found) return (await withMarks(store, head, [found]))[0]!;
  const count = countOf(head.versions);
  throw new TrainyardError('TY-MODEL-UNKNOWN', {
    what: `${head.name} has no version ${version}`,
    expected: count === 0 ? 'a version that was registered' : `a version from 1 to ${count}`,
  });
}
