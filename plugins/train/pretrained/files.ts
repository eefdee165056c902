import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import type { InputArtifact } from '../../../worker/index.js';
import type { PretrainedFiles } from '../../../models/index.js';

/** What ingest.snapshot says of the files that it took. */
const snapshot = z.looseObject({
  source: z.string().default(''),
  files: z.array(z.looseObject({ file: z.string(), name: z.string() })).default([]),
});

/** Files of snapshots as one folder, and their digests. */
export interface TakenFiles extends PretrainedFiles {
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * Joins the files of snapshots: named as their sources name them, without the folders that all of a snapshot have in common. Throws a UserError where
 * two have one name, a digest is another than the stated one, or a file came from an address and none is stated.
 */
export async function joinFiles(
  artifacts: readonly InputArtifact[],
  stated: Readonly<Record<string, string>>,
): Promise<TakenFiles> {
  const found = artifacts.flatMap((artifact) => {
    const { source, files } = snapshot.parse(artifact.value ?? {});
    const names = new Map(files.map(({ file, name }) => [file, name]));
    const said = artifact.files.map((file) => lastParts(names.get(file) ?? file));
    const common = commonFolder(said);
    return artifact.files.map((file, i) => ({ artifact, file, name: said[i]!.slice(common), source }));
  });
  const places = new Map<string, (typeof found)[number]>();
  for (const one of found) {
    const { name } = one;
    if (places.has(name)) throw new UserError(`two files are called ${name}`, { where: { port: 'files', file: name } });
    places.set(name, one);
  }
  const digests: Record<string, string> = {};
  for (const name of [...places.keys()].sort()) {
    const { artifact, file, source } = places.get(name)!;
    digests[name] = await digestOf(await artifact.path(file));
    const wanted = Object.hasOwn(stated, name) ? stated[name] : undefined;
    if (wanted === undefined && /^https?:/i.test(source))
      throw new UserError(`${name} comes from an address, and nothing says which bytes are meant`, {
        where: { port: 'files', file: name, field: 'sha256' },
        expected: 'the digest that its origin states',
        actual: digests[name]!,
        remedy: `check the origin's page, then say sha256: { '${name}': '${digests[name]}' }`,
      });
    if (wanted !== undefined && wanted !== digests[name])
      throw new UserError(`${name} is another file than was meant`, {
        where: { port: 'files', file: name },
        expected: `SHA-256 ${wanted}`,
        actual: digests[name]!,
        remedy: 'fetch it from its origin again, or state the digest of the version that you want',
      });
  }
  const missing = Object.keys(stated).find((name) => !places.has(name));
  if (missing !== undefined)
    throw new UserError(`there is no file ${missing}, whose digest is stated`, {
      where: { field: 'sha256' },
      actual: Object.keys(digests).join(', '),
    });
  const at = (name: string): (typeof found)[number] => {
    const place = places.get(name);
    if (place) return place;
    throw new UserError(`a file ${name} is needed, and is not among the weights' files`, {
      where: { port: 'files', file: name },
      actual: Object.keys(digests).join(', ') || 'no file',
    });
  };
  return {
    names: Object.keys(digests),
    digests,
    bytes: (name) => at(name).artifact.bytes(at(name).file),
    text: (name) => at(name).artifact.text(at(name).file),
    path: (name) => at(name).artifact.path(at(name).file),
  };
}

/** The path of an address without its query; a path as it is. */
function lastParts(name: string): string {
  if (!/^https?:/i.test(name)) return name;
  const path = new URL(name).pathname.replace(/^\//, '');
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return path;
  }
}

/** Length of the folders that all names begin with. */
function commonFolder(names: readonly string[]): number {
  const [first = ''] = names;
  for (let at = first.lastIndexOf('/') + 1; at > 0; at = first.lastIndexOf('/', at - 2) + 1)
    if (names.every((name) => name.startsWith(first.slice(0, at)))) return at;
  return 0;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
