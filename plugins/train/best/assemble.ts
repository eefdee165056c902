import { carriedRules, type Column } from '@trainyard/tables';
import { kindOf, readsOf, withRules, type FittedTransform, type TransformStep } from '@trainyard/transforms';
import { canonical, type Json } from '../../../core/index.js';
import type { InputArtifact } from '../../../worker/index.js';
import { ensembleParts, type EnsembleMember } from '../kinds/ensemble.js';
import type { Member } from './candidate.js';

/** An ensemble before it is written. */
export interface Assembled {
  readonly transform: FittedTransform;
  readonly settings: Json;
  readonly files: ReturnType<typeof ensembleParts>['files'];
  readonly libraries: Readonly<Record<string, string>>;
}

/**
 * Joins the transforms of the members into one, in which each step stands once, and says of each member which of its features are its own.
 */
export function assemble(members: readonly Member[], table: InputArtifact, columns: readonly Column[]): Assembled {
  const making = new Map<string, TransformStep>();
  const steps = new Map<string, { readonly step: TransformStep; readonly from: number }>();
  let width = 0;
  const joined = members.map(({ model, transform, weight }): EnsembleMember => {
    const features: number[] = [];
    for (const step of transform.steps) {
      const text = canonical(step);
      const kind = kindOf(step);
      if (kind.gives === 'column') {
        making.set(text, step);
        continue;
      }
      const count = kind.features(step).length;
      let place = steps.get(text);
      if (!place) {
        steps.set(text, (place = { step, from: width }));
        width += count;
      }
      for (let i = 0; i < count; i++) features.push(place.from + i);
    }
    const own = transform.kept ? transform.kept.map((at) => features[at]!) : features;
    return { kind: model.kind, weight, features: own, settings: model.settings, files: model.files };
  });
  const all = [...making.values(), ...[...steps.values()].map(({ step }) => step)];
  const bare: FittedTransform = {
    format: 'trainyard.transform/3',
    steps: all,
    rows: Math.max(...members.map(({ transform }) => transform.rows)),
  };
  const read = new Set(readsOf(bare).map(({ column }) => column));
  const known = columns.filter(({ name }) => read.has(name)).map(({ name, type }) => ({ name, type }));
  const transform = withRules({ ...bare, columns: known }, carriedRules(table), columns);
  return {
    transform,
    ...ensembleParts(width, joined),
    libraries: Object.assign({}, ...members.map(({ model }) => model.libraries)) as Record<string, string>,
  };
}
