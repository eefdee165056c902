import type { Lightgbm } from '@trainyard/lightgbm';
import { UserError } from '@trainyard/errors';
import { findLightgbm, type LightgbmOptions } from './lightgbm.js';

export type { Lightgbm };

const opened = new Map<string, Promise<Lightgbm>>();

/**
 * LightGBM's library of the tools folder, loaded into this process once. Fetches nothing.
 * @throws {UserError} where it was not fetched, or where the machine lacks what it needs.
 */
export async function loadLightgbm(options: LightgbmOptions = {}): Promise<Lightgbm> {
  const found = findLightgbm(options);
  if (!found)
    throw new UserError('LightGBM has not been fetched yet: trees are trained and served by its library', {
      expected: "the library in the tools folder, 3.5 MB from LightGBM's own package",
      remedy: 'Run: npx trainyard setup lightgbm',
    });
  let library = opened.get(found.path);
  if (!library) {
    // Loaded at first use: what needs no trees loads neither.
    library = import('@trainyard/lightgbm').then(({ openLightgbm }) => openLightgbm(found.path, found.version));
    opened.set(found.path, library);
  }
  return library;
}
