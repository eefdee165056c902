import type { Part } from './part.js';

/** Where a process finds the parts of plugins by name. */
export interface PartsOnHand {
  names(sort: string): Promise<readonly string[]>;
  find(sort: string, name: string): Promise<Part | undefined>;
}

/** The code of a node and of its process may each hold a copy of this module: all look in one place. */
const PLACE = Symbol.for('trainyard.parts');
const place = globalThis as { [PLACE]?: () => PartsOnHand | undefined };

/** Says where the parts of this process are, to be asked whenever one is looked for. */
export function provideParts(parts: () => PartsOnHand | undefined): void {
  place[PLACE] = parts;
}

/** Where the parts of this process are; undefined where nobody said so. */
export function partsOnHand(): PartsOnHand | undefined {
  return place[PLACE]?.();
}

/** Parts that are all there. */
export function partsOf(parts: readonly Part[]): PartsOnHand {
  const of = (sort: string): Part[] => parts.filter(({ part }) => part === sort);
  return {
    names: async (sort) => of(sort).map(({ name }) => name),
    find: async (sort, name) => of(sort).find((one) => one.name === name),
  };
}
