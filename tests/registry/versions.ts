import { digestText } from '../../core/digest.js';
import type { RegisterRequest } from '../../workflows/registry/contract.js';

/** A version to be registered; `evidence` in characters. */
export function versionOf(text: string, evidence = 0): RegisterRequest {
  return {
    model: { kind: 'model', digest: digestText(text), size: 1 },
    ...{ run: `run ${text}`, lineage: `run ${text}`, pipeline: 'penguins', metrics: { 'f1.macro': 0.9 } },
    ...{ signature: null, evidence: evidence === 0 ? null : text.padEnd(evidence, '.'), by: 'test', why: 'first' },
  };
}
