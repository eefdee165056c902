import { UserError } from '../core/errors/index.js';
import { sayNearest } from '../core/nearest.js';
import { MODEL_FILES } from './card.js';
import type { ModelKind } from './kind.js';

/** Where a process finds model kinds by name: those of the package and of the project's plugins. */
export interface KindsOnHand {
  names(): Promise<readonly string[]>;
  find(name: string): Promise<ModelKind | undefined>;
}

/** The code of a node and of this process may each hold a copy of this module: all look in one place. */
const PLACE = Symbol.for('trainyard.modelKinds');
const place = globalThis as { [PLACE]?: KindsOnHand };

/** Says where the model kinds of this process are. */
export function provideKinds(kinds: KindsOnHand): void {
  place[PLACE] = kinds;
}

/** Kinds that are all there. */
export function kindsOf(kinds: readonly ModelKind[]): KindsOnHand {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return { names: async () => [...byName.keys()], find: async (name) => byName.get(name) };
}

/** The model kind of this name. Throws a UserError that names the known ones. */
export async function kindOnHand(name: string, kinds: KindsOnHand | undefined = place[PLACE]): Promise<ModelKind> {
  const found = await kinds?.find(name);
  if (found) return found;
  const known = (await kinds?.names()) ?? [];
  throw new UserError(`no plugin here opens models of the kind "${name}"; ${sayNearest(name, known)}`, {
    where: { file: MODEL_FILES.card, field: 'kind' },
    actual: name,
    remedy: 'name the plugin that brings it in temporal.config.ts, or open the model with the version that made it',
  });
}
