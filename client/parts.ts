import type { Part } from '../core/part.js';
import { partsOnHand, type PartsOnHand } from '../core/provided-parts.js';
import { builtInParts } from '../project/brought-parts.js';

/** A page that is looked at asks every second; to find a plugin's parts means to compile the plugin. */
const KEPT_MS = 5_000;
const found = new Map<string, { readonly at: number; readonly given: Promise<unknown> }>();
let packaged: PartsOnHand | undefined;

const ofPackage = (): PartsOnHand => (packaged ??= builtInParts());

function keep<T>(what: string, find: () => Promise<T>): Promise<T> {
  const now = performance.now();
  const known = found.get(what);
  if (known && now - known.at < KEPT_MS) return known.given as Promise<T>;
  const given = find();
  found.set(what, { at: now, given });
  return given;
}

/** Looks anew the next time: for tests. */
export function forgetParts(): void {
  found.clear();
}

/** The part of a name; undefined where the project, or without one the package, has none. */
export function partNamed(sort: string, name: string): Promise<Part | undefined> {
  return keep(`${sort} ${name}`, () => (partsOnHand() ?? ofPackage()).find(sort, name));
}

/** All parts of a sort, by name; those of the package alone where a plugin of the project cannot be compiled. */
export function partsOfSort(sort: string): Promise<readonly Part[]> {
  const all = async (parts: PartsOnHand): Promise<readonly Part[]> => {
    const names = [...(await parts.names(sort))].sort();
    const each = await Promise.all(names.map((name) => parts.find(sort, name)));
    return each.filter((part) => part !== undefined);
  };
  return keep(sort, () => all(partsOnHand() ?? ofPackage()).catch(() => all(ofPackage())));
}
