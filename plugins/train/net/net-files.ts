import type { Json } from '../../../core/index.js';
import type { Tensors } from '../../../models/index.js';
import { layeredNet, type LayeredArchitecture } from '../kinds/layered-net.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { textNet } from '../kinds/text-net.js';
import { VOCABULARY_FILE, vocabularyFile } from '../text/vocabulary.js';
import type { Trained } from '../training-result.js';

/** The text before a net: its column, how it becomes codes, and the words. */
export interface NetText {
  readonly column: string;
  readonly steps: number;
  readonly tokenizer: Json;
  readonly vocabulary: readonly string[];
}

/** Kind, settings and files of a net of layers: of the kind that takes text where there is some. */
export function netFiles(
  architecture: LayeredArchitecture,
  tensors: Tensors,
  text?: NetText,
): Pick<Trained, 'kind' | 'settings' | 'files' | 'scored'> {
  const net = tensorParts(architecture as unknown as Json, tensors);
  if (!text) return { kind: layeredNet, ...net };
  const { column, steps, tokenizer, vocabulary } = text;
  return {
    kind: textNet,
    settings: { column, text: { steps, tokenizer }, net: net.settings },
    scored: { kind: layeredNet, ...net },
    files: { ...net.files, [VOCABULARY_FILE]: vocabularyFile(vocabulary) },
  };
}
