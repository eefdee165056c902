import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { installedVersion } from './code-hash.js';
import type { Codes } from './code-types.js';
import type { OwnModules } from './own-modules.js';
import { packageRoot } from '../setup/package-root.js';
import { compiled } from './package-root.js';

/** Code of the built-in nodes, computed when this package was built: compiling and hashing it takes seconds. */
export interface PreparedNodes extends Pick<OwnModules, 'texts'> {
  readonly format: number;
  /** Files that it was made of, relative to the package, with the digest of each. */
  readonly inputs: readonly (readonly [file: string, digest: string])[];
  readonly nodes: readonly Unplaced<Codes['nodes'][number]>[];
  readonly brought: readonly Unplaced<Codes['brought'][number]>[];
}

type Unplaced<Code> = Omit<Code, 'module' | 'source'>;

/** Raised when codes are taken in another way, or kept in another form. */
export const CODES_FORMAT = 5;

export function preparedFile(): string {
  return compiled('built-in-nodes.json');
}

/**
 * What was prepared, when it is still what would be computed now: every file that it was made of is as it was, and every
 * package has its version. Undefined otherwise.
 */
export async function preparedNodes(file = preparedFile()): Promise<PreparedNodes | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const prepared = JSON.parse(text) as PreparedNodes;
  if (prepared.format !== CODES_FORMAT) return undefined;
  const versions = new Map([...prepared.nodes, ...prepared.brought].flatMap(({ parts }) => parts.packages));
  const isSame =
    areAsTheyWere(prepared.inputs) &&
    [...versions].every(([name, version]) => installedVersion(name, compiled('plugins', 'worker.js')) === version);
  return isSame ? prepared : undefined;
}

/** Whether files of this package have the digests that something was made of. */
export function areAsTheyWere(inputs: PreparedNodes['inputs']): boolean {
  const now = digestsOf(inputs.map(([file]) => file));
  return inputs.every(([file, digest]) => now.get(file) === digest);
}

/**
 * Digests of files of this package; one that is not there has none. Read at once: a thousand small files take some 30 ms so, and ten
 * times that by way of the thread pool, at every start of a command.
 */
export function digestsOf(files: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    const bytes = readIfThere(path.join(packageRoot(), file));
    if (bytes) found.set(file, createHash('sha256').update(bytes).digest('hex'));
  }
  return found;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
