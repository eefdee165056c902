import { sayNearest, UserError } from '@trainyard/errors';
import { partsOnHand, type PartsOnHand } from '../../core/provided-parts.js';
import { checkOptions, type Source } from '../../core/source.js';
import type { SourceKind } from './kind.js';

/** A source with the kind that reads it. */
export interface KnownSource {
  readonly kind: SourceKind;
  readonly options: Source['options'];
}

/**
 * The kind that reads a source, of the package or of a plugin, and its options as that kind takes them. Throws a
 * UserError that names the nearest kind where there is none, and TY-PARAM for options that it does not take.
 */
export async function sourceOnHand(
  source: Source,
  parts: PartsOnHand | undefined = partsOnHand(),
): Promise<KnownSource> {
  const kind = (await parts?.find('source kind', source.kind)) as SourceKind | undefined;
  if (kind) return { kind, options: checkOptions(kind, source.options) };
  const known = (await parts?.names('source kind')) ?? [];
  throw new UserError(`no plugin here reads sources of the kind "${source.kind}"; ${sayNearest(source.kind, known)}`, {
    where: { field: 'source.kind' },
    expected: known.join(', ') || 'a source kind',
    actual: source.kind,
    remedy: 'name the plugin that brings it in temporal.config.ts, or correct the name',
  });
}
