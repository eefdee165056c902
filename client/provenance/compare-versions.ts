import type { Json } from '../../core/json.js';
import { makerOf } from './ancestry.js';
import { changesSince, identityOfRecord, type Change } from './compare.js';
import { figuresOfVersion, type MeasuredOn } from '../registry/version-figures.js';
import type { MarkedVersion } from '../registry/marks.js';
import { getVersion, type ModelReading } from '../registry/model-view.js';

/** A figure of two versions; null where a version has none. */
export interface FigureCompared {
  /** What it was measured on: `test`, or a part of training such as `validation`. */
  readonly on: string;
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** What two versions of a model differ in. */
export interface VersionsCompared {
  readonly before: MarkedVersion;
  readonly after: MarkedVersion;
  /** Both are the same bytes. */
  readonly same: boolean;
  readonly figures: readonly FigureCompared[];
  /** What is not the same of inputs and outputs. */
  readonly signature: readonly { readonly field: string; readonly before: Json; readonly after: Json }[];
  /** What differs of the executions that made the models; undefined where the store has no record of one of them. */
  readonly making: readonly Change[] | undefined;
}

/** Compares two versions of a model. Throws TY-MODEL-UNKNOWN. */
export async function compareVersions(
  access: ModelReading,
  model: string,
  before: number,
  after: number,
): Promise<VersionsCompared> {
  const [one, other] = [await getVersion(access, model, before), await getVersion(access, model, after)];
  const [was, is] = await Promise.all(
    [one, other].map(({ model: { digest }, run }) => makerOf(access.store, digest, [run])),
  );
  return {
    before: one,
    after: other,
    same: one.model.digest === other.model.digest,
    figures: figuresCompared(one, other),
    signature: signatureCompared(one.signature, other.signature),
    making: was && is ? await changesSince(access.store, identityOfRecord(was), identityOfRecord(is)) : undefined,
  };
}

function figuresCompared(before: MarkedVersion, after: MarkedVersion): FigureCompared[] {
  const [was, is] = [measured(before), measured(after)];
  return [...new Set([...was.keys(), ...is.keys()])].map((key) => {
    const [on = '', name = ''] = JSON.parse(key) as string[];
    return { on, name, before: was.get(key) ?? null, after: is.get(key) ?? null };
  });
}

function measured(version: MarkedVersion): Map<string, number> {
  const { tested, trained } = figuresOfVersion(version);
  const all: readonly MeasuredOn[] = tested ? [{ ...tested, on: 'test' }, ...trained] : trained;
  return new Map(all.flatMap(({ on, figures }) => figures.map(([name, value]) => [JSON.stringify([on, name]), value])));
}

/** Inputs by their name, the rest by field. */
function signatureCompared(before: Json, after: Json): VersionsCompared['signature'] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) => {
    const [a, b] = [was.get(field) ?? null, is.get(field) ?? null];
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ field, before: a, after: b }];
  });
}

function fieldsOf(signature: Json): Map<string, Json> {
  const fields = new Map<string, Json>();
  for (const [field, value] of Object.entries((signature ?? {}) as Record<string, Json>)) {
    if (field !== 'inputs' || !Array.isArray(value)) fields.set(field, value);
    else for (const { name, type } of value as { name: string; type: Json }[]) fields.set(`input ${name}`, type);
  }
  return fields;
}
