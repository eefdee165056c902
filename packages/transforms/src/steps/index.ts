import { arithmetic } from './arithmetic.js';
import { bins } from './bins.js';
import { calendar } from './calendar.js';
import { categorical } from './categorical.js';
import type { StepKind } from './contract.js';
import { cross } from './cross.js';
import { cyclic } from './cyclic.js';
import { elapsed } from './elapsed.js';
import { hashed } from './hashed.js';
import { holiday } from './holiday.js';
import { keywords } from './keywords.js';
import { lookup } from './lookup.js';
import { numeric } from './numeric.js';
import { pass } from './pass.js';
import { power } from './power.js';
import { quantile } from './quantile.js';
import { terms } from './terms.js';
import { textMeasure } from './text-measure.js';

/** The kinds of steps that a transform may hold. One more is a file here and a line below. */
export const STEP_KINDS = [
  numeric,
  categorical,
  pass,
  calendar,
  holiday,
  elapsed,
  arithmetic,
  cross,
  textMeasure,
  keywords,
  power,
  quantile,
  bins,
  lookup,
  hashed,
  terms,
  cyclic,
] as const;

type StepOf<Kind> = Kind extends StepKind<infer Step> ? Step : never;

/** A fitted step of any kind. */
export type TransformStep = StepOf<(typeof STEP_KINDS)[number]>;

const BY_NAME: ReadonlyMap<string, StepKind<TransformStep>> = new Map(
  STEP_KINDS.map((kind) => [kind.kind, kind as StepKind<TransformStep>]),
);

/** The kind of a step; `undefined` where this version does not know it. */
export function findKind(name: string): StepKind<TransformStep> | undefined {
  return BY_NAME.get(name);
}

export function kindOf(step: TransformStep): StepKind<TransformStep> {
  const kind = findKind(step.kind);
  if (!kind) throw new Error(`there is no kind of step called "${step.kind}"`);
  return kind;
}
