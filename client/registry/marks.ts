import { countOf, itemsBetween } from '../../core/paged-list.js';
import { pageReader, type Store } from '../../store/index.js';
import {
  versionMarkSchema,
  type ModelHead,
  type ModelVersion,
  type VersionMark,
} from '../../workflows/registry/contract.js';

/** A version with what was said of it since it was registered. */
export interface MarkedVersion extends ModelVersion {
  readonly tags: { readonly [name: string]: string };
  /** Why it should not be used any more. */
  readonly deprecated: string | null;
  /** Who deleted it: its files may be gone. */
  readonly deleted: { readonly at: string; readonly by: string; readonly why: string } | null;
}

type Marks = Pick<MarkedVersion, 'tags' | 'deprecated' | 'deleted'>;

const NONE: Marks = { tags: {}, deprecated: null, deleted: null };

/** Puts to versions of a model what was said of them. */
export async function withMarks(
  store: Store,
  { marks }: Pick<ModelHead, 'marks'>,
  versions: readonly ModelVersion[],
): Promise<MarkedVersion[]> {
  const all = marks ? await itemsBetween(marks, 0, countOf(marks), pageReader(store, versionMarkSchema)) : [];
  const said = new Map<number, Marks>();
  for (const mark of all) said.set(mark.version, after(said.get(mark.version) ?? NONE, mark));
  return versions.map((version) => ({ ...version, ...(said.get(version.version) ?? NONE) }));
}

function after(before: Marks, { at, by, why, tags = {}, deprecated, deleted }: VersionMark): Marks {
  const kept = new Map(Object.entries(before.tags));
  for (const [name, value] of Object.entries(tags))
    if (value === null) kept.delete(name);
    else kept.set(name, value);
  return {
    tags: Object.fromEntries(kept),
    deprecated: deprecated === undefined ? before.deprecated : deprecated,
    deleted: deleted === undefined ? before.deleted : deleted ? { at, by, why } : null,
  };
}
