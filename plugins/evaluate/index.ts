import type { CallOptions, Handle, Kind, Report } from '../../core/index.js';
import type { Checked, Needed } from '../../core/wiring.js';
import * as contract from './contract.js';
import type { AnyFinalFigures, FinalFigures } from './contract.js';

type FinalSpec = (typeof contract.final)['spec'];

/** The type of task of the model in a call: classification where its contract does not say (`modelOf`). */
type TaskIn<Args> = Args extends { readonly model: { readonly artifact: Kind<'model', infer Content> } }
  ? Content extends { readonly task: infer Task extends AnyFinalFigures['task'] }
    ? Task
    : 'classification'
  : 'classification';

/** Measures a model on the sealed test set: `evaluate.final`, with the figures of the model's task. */
function finalOf<const Args extends Needed<FinalSpec['inputs']>>(
  args: Args &
    Checked<'evaluate.final', FinalSpec['params'], FinalSpec['inputs'], Args> & {
      readonly slices?: readonly string[];
      readonly resamples?: number;
    },
  options?: CallOptions,
): Handle<Report<FinalFigures<TaskIn<Args>>>> {
  return contract.final(args as never, options) as unknown as Handle<Report<FinalFigures<TaskIn<Args>>>>;
}

// Spread, so that the contract's own, looser call is no second signature.
export const final = Object.assign(finalOf, { ...contract.final });
export { challenge } from './contract.js';
export { duel, type Duel, type DuelOptions } from './duel.js';
export type { AnyFinalFigures, FinalFigures } from './contract.js';
