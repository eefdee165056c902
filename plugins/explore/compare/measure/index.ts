import type { DriftOptions } from '@trainyard/drift';
import { columnsOf, type Measurement, type Relation } from '../../measure/index.js';
import type { Both, Compared, ComparedColumn } from '../comparison.js';
import { driftOf } from './drift.js';
import type { Pair } from './pair.js';
import { rangesOf } from './ranges.js';
import { sharedRows } from './shared.js';
import { valuesOf } from './values.js';

export interface CompareOptions extends Required<DriftOptions> {
  readonly names: Both<string>;
  readonly label?: string | undefined;
  readonly except: readonly string[];
  readonly progress?: (fraction: number, said: string) => void;
}

/** Compares two tables, column by column. The same rows give the same figures, bit for bit, for any number of threads. */
export async function compareTables(relations: Both<Relation>, options: CompareOptions): Promise<Compared> {
  const { names, label, except, alpha, minEffect, progress = () => undefined } = options;
  const [reference, table] = relations.map((relation) => without(relation, except)) as [Relation, Relation];
  progress(0, names[0]);
  const before = await columnsOf(reference, { label, seed: 0 });
  progress(0.3, names[1]);
  const after = await columnsOf(table, { label, seed: 0 });
  const pairs = pairsOf(before, after);
  progress(0.6, 'distributions');
  const ranges = await rangesOf([reference, table], pairs);
  const values = await valuesOf([reference, table], pairs);
  progress(0.8, 'drift');
  const moved = await driftOf([reference, table], pairs, { alpha, minEffect });
  progress(0.9, 'rows');
  return {
    format: 'trainyard.comparison/1',
    names,
    rows: [reference.rows, table.rows],
    label: label ?? null,
    columns: pairs.map(({ name, sides }, i): ComparedColumn => ({
      name,
      profiles: [sides[0]?.column ?? null, sides[1]?.column ?? null],
      ...ranges[i]!,
      ...values[i]!,
      moved: moved[i]!,
    })),
    shared: await sharedRows([reference, table], pairs),
    alpha,
    minEffect,
  };
}

function without(relation: Relation, except: readonly string[]): Relation {
  return { ...relation, fields: relation.fields.filter(({ name }) => !except.includes(name)) };
}

function pairsOf(before: readonly Measurement[], after: readonly Measurement[]): Pair[] {
  const by = new Map(after.map((one) => [one.column.name, one]));
  const known = new Set(before.map(({ column }) => column.name));
  return [
    ...before.map((one): Pair => ({ name: one.column.name, sides: [one, by.get(one.column.name)] })),
    ...after
      .filter(({ column }) => !known.has(column.name))
      .map((one): Pair => ({ name: one.column.name, sides: [undefined, one] })),
  ];
}
