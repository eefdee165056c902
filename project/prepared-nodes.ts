import { createHash } from 'node:crypto';
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
    (await areAsTheyWere(prepared.inputs)) &&
    [...versions].every(([name, version]) => installedVersion(name, compiled('plugins', 'worker.js')) === version);
  return isSame ? prepared : undefined;
}

/** Whether files of this package have the digests that something was made of. */
export async function areAsTheyWere(inputs: PreparedNodes['inputs']): Promise<boolean> {
  const now = await digestsOf(inputs.map(([file]) => file));
  return inputs.every(([file, digest]) => now.get(file) === digest);
}

/** Digests of files of this package; one that is not there has none. */
export async function digestsOf(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(path.join(packageRoot(), file)).catch(() => undefined);
      return bytes ? ([[file, createHash('sha256').update(bytes).digest('hex')]] as const) : [];
    }),
  );
  return new Map(found.flat());
}
