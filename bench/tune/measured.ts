/** What was measured, kept in `data/`: ours with a digest of the library's source, theirs with their versions. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfSuggestions } from './suggestions.js';
import type { PruningRun, Regret } from './tables.js';

/** The folder of this benchmark. */
export const here = import.meta.dirname;
/** A file of the data folder. */
export const data = (name: string): string => join(here, 'data', name);

/** Hypervolume of each seed, by problem and sampler. */
export type Volumes = Record<string, Record<string, number[]>>;

/** All that was measured of the library. */
export interface Ours {
  /** Of the library's source, and of what it suggests: where the first differs and the second does not, results stay. */
  readonly library: string;
  readonly suggestions: string;
  readonly regret: Record<string, Record<string, { all: number[][] }>>;
  readonly pruning: Record<string, PruningRun>;
  readonly objectives: Volumes;
}

/** Milliseconds to suggest, by sampler, problem and number of trials before. */
export type Times = Record<
  string,
  Record<string, Record<string, { median_ms: number; processor_ms: number; max_ms: number }>>
>;

/** A stretch of a long study: what a trial of it took and left. */
export interface Stretch {
  readonly trials: number;
  readonly processor_ms: number;
  readonly bytes: number;
  readonly heap: number;
}

/** One run of `timing.ts`. */
export interface Timed {
  readonly library: string;
  readonly ours: Times;
  readonly optuna: Times;
  readonly growth: Record<string, Stretch[]>;
}

/** The library's own source, tests left out. */
export function digestOfLibrary(): string {
  const source = join(here, '..', '..', 'packages', 'ml-hyperparameter', 'src');
  const hash = createHash('sha256');
  for (const part of ['numeric', 'pruners', 'random.ts', 'samplers', 'space', 'study'])
    for (const file of filesUnder(join(source, part)))
      if (!file.endsWith('.test.ts')) hash.update(readFileSync(file, 'utf8'));
  return hash.digest('hex').slice(0, 16);
}

function filesUnder(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

/** Writes a file whole or not at all. */
export function write(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

const read = <T>(name: string): T | undefined =>
  existsSync(data(name)) ? (JSON.parse(readFileSync(data(name), 'utf8')) as T) : undefined;

/** Our results so far; none where the library suggests otherwise since. */
export function readOurs(): Ours {
  const library = digestOfLibrary();
  const kept = read<Partial<Ours>>('ours.json');
  const suggestions = kept?.library === library ? kept.suggestions : undefined;
  const none = { regret: {}, pruning: {}, objectives: {} };
  const now = { library, suggestions: suggestions ?? digestOfSuggestions() };
  return kept?.suggestions === now.suggestions ? { ...none, ...kept, ...now } : { ...none, ...now };
}

/** Keeps our results. */
export const keepOurs = (ours: Ours): void => write(data('ours.json'), JSON.stringify(ours));

/** Optuna's results so far. */
export const readPeers = (): Regret => read<{ regret: Regret }>('peers.json')?.regret ?? {};
/** Optuna's hypervolumes so far. */
export const readPeerVolumes = (): Volumes => read<{ objectives: Volumes }>('peers-objectives.json')?.objectives ?? {};
/** The newest times. */
export const readTimed = (): Timed | undefined => read<Timed>('timing.json');
