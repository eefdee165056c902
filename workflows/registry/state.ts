import { digestText } from '../../core/digest.js';
import { countOf, pagedList } from '../../core/paged-list.js';
import {
  isAliasEvent,
  type Announcement,
  type FormerState,
  type ModelVersion,
  type RegisterRequest,
  type RegistryState,
} from './contract.js';

// A registry's state: what it begins with, what it makes of a former release's, and what it tells by itself.

export function emptyModel(name: string): RegistryState {
  return { name, versions: pagedList(), aliases: {}, history: pagedList(), keys: pagedList() };
}

/** The state of a Workflow of 0.1.0, which carried everything. */
export function isFormer(state: RegistryState | FormerState): state is FormerState {
  return Array.isArray(state.versions);
}

/** The same as it is carried today. */
export function fromFormer({ name, versions, aliases, history }: FormerState): RegistryState {
  const standing = Object.entries(aliases).flatMap(([alias, { past, ...there }]) => {
    const version = versions[there.version - 1];
    return version
      ? [[alias, { ...there, past: pagedList(past), model: version.model, run: version.run }] as const]
      : [];
  });
  const keys = history.flatMap((event): [string, number][] => {
    const version = event.what === 'registered' ? versions[event.version - 1] : undefined;
    if (version) return [[versionKey(version), version.version]];
    return isAliasEvent(event) && event.once !== undefined ? [[onceKey(event.once), event.number]] : [];
  });
  return {
    name,
    versions: pagedList(versions),
    aliases: Object.fromEntries(standing),
    history: pagedList(history),
    keys: pagedList(keys),
  };
}

/** By which the same model of the same lineage is known again. */
export function versionKey({ model, lineage }: Pick<RegisterRequest, 'model' | 'lineage'>): string {
  return shortKey(`version ${model.digest} ${lineage}`);
}

/** By which a move that is asked again is known. */
export function onceKey(once: string): string {
  return shortKey(`move ${once}`);
}

/** 96 bits of a digest: short, for thousands of them are carried. */
function shortKey(text: string): string {
  return digestText(text).slice('sha256-'.length, 'sha256-'.length + 24);
}

/** What a key stands for, as far as the state itself tells. */
export function numberOf({ keys }: RegistryState, key: string): number | undefined {
  return keys.open.find(([known]) => known === key)?.[1];
}

/** A version that the state itself still has. */
export function openVersion({ versions }: RegistryState, number: number): ModelVersion | undefined {
  return versions.open.find(({ version }) => version === number);
}

/** A version as far as the state tells it: among the newest, or where an alias stands. */
export function standing(state: RegistryState, number: number): Pick<ModelVersion, 'model' | 'run'> | undefined {
  return openVersion(state, number) ?? Object.values(state.aliases).find(({ version }) => version === number);
}

/** Where an alias stands; undefined where there is none, also for a name that every object has, such as `constructor`. */
export function aliasOf({ aliases }: RegistryState, alias: string): RegistryState['aliases'][string] | undefined {
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

/** What readers without a worker need to know. */
export function announcement(state: RegistryState): Announcement {
  const aliases = Object.entries(state.aliases).map(([alias, { version, move: number, model, run }]) => [
    alias,
    { version, move: number, model, run },
  ]);
  return {
    model: state.name,
    move: countOf(state.history),
    versions: countOf(state.versions),
    aliases: Object.fromEntries(aliases) as Announcement['aliases'],
    ...(state.traffic === undefined ? {} : { traffic: state.traffic }),
  };
}
