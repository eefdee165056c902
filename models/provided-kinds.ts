import { sayNearest, UserError } from '@trainyard/errors';
import { partsOnHand, type PartsOnHand } from '../core/provided-parts.js';
import { MODEL_FILES } from './card.js';
import type { ModelKind } from './kind.js';

/** The model kind of this name, of the package or of a plugin. Throws a UserError that names the known ones. */
export async function kindOnHand(name: string, parts: PartsOnHand | undefined = partsOnHand()): Promise<ModelKind> {
  const found = await parts?.find('model kind', name);
  if (found) return found as ModelKind;
  const known = (await parts?.names('model kind')) ?? [];
  throw new UserError(`no plugin here opens models of the kind "${name}"; ${sayNearest(name, known)}`, {
    where: { file: MODEL_FILES.card, field: 'kind' },
    actual: name,
    remedy: 'name the plugin that brings it in temporal.config.ts, or open the model with the version that made it',
  });
}
