import { carriedRules, dataColumns, finite, id, join, sql, type Column, type Database } from '@trainyard/tables';
import {
  kindOf,
  readsOf,
  transformInputs,
  withRules,
  type FeatureRow,
  type FittedTransform,
  type TransformStep,
} from '@trainyard/transforms';
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

/** Rows of a sample. */
const SAMPLE = 20;

/** What a card says of the rows: the range of numbers, and some rows, evenly spread. The table is open as `rows`. */
export async function rowsFor(
  database: Database,
  transform: FittedTransform,
  columns: readonly Column[],
  count: number,
): Promise<{ ranges: Record<string, readonly [number, number]>; rows: readonly FeatureRow[] }> {
  const names = new Set(transformInputs(transform).map(({ name }) => name));
  const held = dataColumns(columns).filter(({ name }) => names.has(name));
  const numbers = held.filter(({ type }) => type === 'number' || type === 'integer');
  const ranges = Object.create(null) as Record<string, readonly [number, number]>;
  if (numbers.length > 0) {
    const terms = numbers.flatMap(({ name }, i) => [
      sql`min(${finite(id(name))}) AS ${id(`least ${i}`)}`,
      sql`max(${finite(id(name))}) AS ${id(`most ${i}`)}`,
    ]);
    const found = await database.row<Record<string, number | null>>(sql`SELECT ${join(terms)} FROM rows`);
    numbers.forEach(({ name }, i) => {
      const [least, most] = [found[`least ${i}`], found[`most ${i}`]];
      if (typeof least === 'number' && typeof most === 'number') ranges[name] = [least, most];
    });
  }
  if (held.length === 0) return { ranges, rows: [{}] };
  const step = BigInt(Math.max(1, Math.floor(count / SAMPLE)));
  const place = id('place of the row');
  const rows = await database.rows<FeatureRow>(
    sql`SELECT ${join(held.map(({ name }) => id(name)))} FROM (SELECT *, row_number() OVER () - 1 AS ${place} FROM rows)
      WHERE ${place} % ${step} = 0 AND ${place} < ${step * BigInt(SAMPLE)} ORDER BY ${place}`,
  );
  return { ranges, rows };
}
