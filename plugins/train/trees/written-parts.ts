import type { TreePartsSettings } from '../kinds/tree-parts.js';
import { textDigest } from '../kinds/trees.js';
import type { Trained } from '../training-result.js';
import type { GrownAndSaid } from './train.js';

/** Models that were grown one by one as parts of one, each in a file of its own. */
export function writtenParts(
  grown: readonly GrownAndSaid[],
  files: readonly string[],
): Pick<Trained, 'files' | 'libraries'> & { readonly settings: TreePartsSettings } {
  return {
    settings: {
      ...grown[0]!.columns,
      parts: grown.map(({ best, text }, i) => ({ file: files[i]!, iterations: best, sha256: textDigest(text) })),
    },
    files: Object.fromEntries(grown.map(({ text }, i) => [files[i]!, text])),
    libraries: { lightgbm: grown[0]!.version },
  };
}
