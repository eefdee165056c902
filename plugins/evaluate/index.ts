import type { CallOptions, Fit, Handle, Kind, Model, Report, SealedTable } from '../../core/index.js';
import * as contract from './contract.js';
import type { AnyFinalFigures, FinalFigures } from './contract.js';

/** The type of task of a model: classification where its contract does not say it (`modelOf`). */
type TaskIn<M> = M extends { readonly artifact: Kind<'model', infer Content> }
  ? Content extends { readonly task: infer Task extends AnyFinalFigures['task'] }
    ? Task
    : 'classification'
  : 'classification';

/** Measures a model on the sealed test set: `evaluate.final`, with the figures of the model's task. */
function finalOf<const M, const T>(
  args: {
    readonly model: M & Fit<'evaluate.final', 'model', Model, M>;
    readonly test: T & Fit<'evaluate.final', 'test', SealedTable, T>;
    readonly slices?: readonly string[];
    readonly resamples?: number;
  },
  options?: CallOptions,
): Handle<Report<FinalFigures<TaskIn<M>>>> {
  return contract.final(args as never, options) as unknown as Handle<Report<FinalFigures<TaskIn<M>>>>;
}

// Spread, so that the contract's own, looser call is no second signature.
export const final = Object.assign(finalOf, { ...contract.final });
export { challenge } from './contract.js';
export { calibrate, threshold } from './calibrate/contract.js';
export { fairness, groupThresholds } from './fairness/contract.js';
export { gates } from './gates/contract.js';
export { document as report, modelCard } from './document/contract.js';
export { robustness } from './robustness/contract.js';
export { compare } from './compare/contract.js';
export { errors, slices } from './find/contract.js';
export { experiment, plan } from './experiment/contract.js';
export { duel, type Duel, type DuelOptions } from './duel.js';
export type { AnyFinalFigures, FinalFigures } from './contract.js';
