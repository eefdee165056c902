import { nearest, UserError } from '@trainyard/errors';
import { COLUMN_TYPES, type ColumnType } from '@trainyard/tables/schema';
import { z } from 'zod';
import { findKind, kindOf, type TransformStep } from './steps/index.js';
import type { Read } from './steps/contract.js';
import { columnsBefore } from './row-rules/apply.js';
import { parseRules } from './row-rules/carried.js';
import type { RowRule } from './row-rules/kinds.js';

/** A column of the table that a transform was fitted on. */
export interface TransformColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A fitted transform: what `transform.json` holds. Plain JSON; numbers survive the text bit for bit. */
export interface FittedTransform {
  /**
   * The oldest one that says all there is to say, so that equal fits keep their bytes: the first knows numeric and categorical
   * columns, the second those that are passed on, the third every kind of step, the types of the columns, row rules and a
   * selection.
   */
  readonly format: (typeof FORMATS)[number];
  /** In the order of the features that they give. */
  readonly steps: readonly TransformStep[];
  /** Rows that it was fitted on. */
  readonly rows: number;
  /** Format 3: the columns that it reads, with the types that the training table had. */
  readonly columns?: readonly TransformColumn[] | undefined;
  /** Format 3: the row rules that the training table went through, in order; requests go through them first. */
  readonly rules?: readonly RowRule[] | undefined;
  /** Format 3: indices, ascending, of the features that a selection kept. All where it is absent. */
  readonly kept?: readonly number[] | undefined;
}

/** A column that a row must bring, for signatures and request schemas. Any of them may be missing. */
export interface TransformInput {
  readonly name: string;
  readonly type: ColumnType;
  /** Values seen in fitting, for categorical columns. */
  readonly categories?: readonly string[];
}

/**
 * The columns that a fitted transform reads, each once, in the order in which its steps do. Their types are those of the training
 * table where the format says them; the categories are those of the step that knows most of them.
 */
export function transformInputs(transform: FittedTransform): TransformInput[] {
  const types = new Map(transform.columns?.map(({ name, type }) => [name, type]));
  const reads = new Map<string, Read>();
  for (const read of readsOf(transform)) {
    const known = reads.get(read.column);
    const more = (read.categories?.length ?? 0) > (known?.categories?.length ?? -1);
    if (!known || (read.categories && more)) reads.set(read.column, read);
  }
  return [...reads.values()].map(({ column, type, categories }): TransformInput => ({
    name: column,
    type: types.get(column) ?? type,
    ...(categories ? { categories } : {}),
  }));
}

/**
 * The columns that a row must bring which has gone through the first `done` of the rules: those of a request, where it has
 * gone through none. A column's categories are those that fitting saw, after all rules.
 */
export function inputsAfter(transform: FittedTransform, done: number): TransformInput[] {
  const inputs = transformInputs(transform);
  const rest = transform.rules?.slice(done) ?? [];
  if (rest.length === 0) return inputs;
  const before = columnsBefore(rest, new Map(inputs.map(({ name, type }) => [name, type])));
  const known = new Map(inputs.map((input) => [input.name, input]));
  return [...before].map(([name, type]) => {
    const same = known.get(name);
    return same?.type === type ? same : { name, type };
  });
}

/** The transform with the rules that its training table went through. Throws a UserError for what is no row rule. */
export function withRules(
  transform: FittedTransform,
  carried: readonly unknown[],
  columns: readonly TransformColumn[],
): FittedTransform {
  if (carried.length === 0) return transform;
  const read = new Set(readsOf(transform).map(({ column }) => column));
  const types = columns.filter(({ name }) => read.has(name)).map(({ name, type }) => ({ name, type }));
  const rules = parseRules(carried);
  return { ...transform, format: 'trainyard.transform/3', columns: transform.columns ?? types, rules };
}

/** What the steps read of the table itself, and not of each other. */
export function readsOf({ steps }: Pick<FittedTransform, 'steps'>): Read[] {
  const made = new Set<string>();
  return steps.flatMap((step) => {
    const kind = kindOf(step);
    const reads = kind.reads(step).filter(({ column }) => !made.has(column));
    if (kind.gives === 'column') made.add(kind.column(step).name);
    return reads;
  });
}

/** Whether features may be NaN: a column is passed on with what it lacks. */
export function passesMissing(transform: FittedTransform): boolean {
  return transform.steps.some((step) => {
    const kind = kindOf(step);
    return kind.gives === 'features' && kind.passesMissing === true;
  });
}

/** Names of the features, in the order of `applyTransform`'s values: `mass`, `mass is missing`, `island=Dream`. */
export function featureNames(transform: FittedTransform): string[] {
  const all = transform.steps.flatMap((step) => {
    const kind = kindOf(step);
    return kind.gives === 'features' ? kind.features(step) : [];
  });
  return transform.kept ? transform.kept.map((index) => all[index]!) : all;
}

const FORMATS = ['trainyard.transform/1', 'trainyard.transform/2', 'trainyard.transform/3'] as const;

const envelope = z.object({
  format: z.enum(FORMATS),
  steps: z.array(z.looseObject({ kind: z.string() })),
  rows: z.number(),
  columns: z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) })).optional(),
  rules: z.array(z.unknown()).optional(),
  kept: z.array(z.int().min(0)).optional(),
});

const where = { file: 'transform.json' };

/**
 * A fitted transform from the text of `transform.json`. Throws a UserError when it is not one, of a format that this version
 * does not know, or when a part of it is not valid.
 */
export function parseTransform(text: string): FittedTransform {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new UserError('the transform is not JSON', { where, cause });
  }
  const format = (parsed as { format?: unknown } | null)?.format;
  const known: readonly unknown[] = FORMATS;
  if (!known.includes(format))
    throw new UserError('the transform is of an unknown format', {
      where,
      expected: `format ${FORMATS.join(' or ')}`,
      actual: String(format),
      remedy: 'fit it again with this version',
    });
  const whole = envelope.safeParse(parsed);
  if (!whole.success) throw invalid(whole.error, []);
  const { rules: given } = whole.data;
  const rules = given && parseRules(given, where);
  const transform = { ...whole.data, rules, steps: whole.data.steps.map((step, i) => parseStep(step, i)) };
  refuseUnknownColumns(transform);
  const features = featureNames({ ...transform, kept: undefined }).length;
  if (transform.kept?.some((index) => index >= features))
    throw new UserError('the transform keeps a feature that it does not have', { where, remedy: DAMAGED });
  return transform;
}

const DAMAGED = 'take another copy of it, or fit it again';

function parseStep(step: { readonly kind: string }, index: number): TransformStep {
  const kind = findKind(step.kind);
  if (!kind)
    throw new UserError(`the transform has a step of an unknown kind, "${step.kind}"`, {
      where: { ...where, field: `steps.${index}.kind` },
      remedy: 'open it with the version that made it, or fit it again with this one',
    });
  const parsed = kind.schema.safeParse(step);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, ['steps', index]);
}

/** Format 3 says the types of all columns that its steps read. */
function refuseUnknownColumns(transform: FittedTransform): void {
  if (transform.format !== 'trainyard.transform/3') return;
  const names = new Set(transform.columns?.map(({ name }) => name));
  const lost = readsOf(transform).find(({ column }) => !names.has(column));
  if (!lost) return;
  const meant = nearest(lost.column, names);
  throw new UserError(`a step of the transform reads column "${lost.column}", whose type it does not say`, {
    where,
    ...(meant === undefined ? {} : { expected: `one of its columns, such as "${meant}"` }),
    remedy: DAMAGED,
  });
}

function invalid(error: z.ZodError, at: readonly (string | number)[]): UserError {
  const issue = error.issues[0];
  return new UserError(`the transform is not valid: ${issue?.message}`, {
    where: { ...where, field: [...at, ...(issue?.path ?? [])].join('.') },
    remedy: DAMAGED,
  });
}
