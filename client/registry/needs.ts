import type { Digest } from '../../core/digest.js';
import { countOf, itemsBetween } from '../../core/paged-list.js';
import { pageReader, type Store } from '../../store/index.js';
import { isDeleted, modelVersionSchema, type ModelHead } from '../../workflows/registry/contract.js';

/** What a registry needs of the store beside its pages, as JSON, and the models in its pages that it needs no more. */
export interface NeedsOfModel {
  readonly needs: unknown;
  /** Models of which all versions are deleted. */
  readonly released: ReadonlySet<Digest>;
}

/** What a model's registry needs; `alsoDeleted`: as if this version were deleted. Throws as pages are read. */
export async function needsOfModel(store: Store, head: ModelHead, alsoDeleted?: number): Promise<NeedsOfModel> {
  const goes = (version: number): boolean => isDeleted(head, version) || version === alsoDeleted;
  const { versions, ...rest } = head;
  const open = versions.open.filter(({ version }) => !goes(version));
  const needs = { ...rest, versions: { pages: versions.pages, open } };
  if (!head.deleted?.length && alsoDeleted === undefined) return { needs, released: new Set() };
  const all = await itemsBetween(versions, 0, countOf(versions), pageReader(store, modelVersionSchema));
  const released = new Set(all.filter(({ version }) => goes(version)).map(({ model }) => model.digest));
  for (const { version, model } of all) if (!goes(version)) released.delete(model.digest);
  return { needs, released };
}
