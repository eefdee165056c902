import type { Association } from '../profile.js';
import type { Coded } from './codes.js';
import { contingenciesOf, cramersV, mutualInformation, type Contingency } from './contingency.js';
import { correlationsOf, type Numeric } from './correlations.js';
import { correlationRatios } from './groups.js';
import type { Relation } from './relation.js';

/** Pairs grow with the square of the columns: so many of them, and so much work (pairs times rows), a profile takes on. */
const MOST = { numbers: 40, coded: 24, withLabel: 1000, work: 1e9 };

export interface Columns {
  readonly relation: Relation;
  /** The same rows as numbers of categories and parts. */
  readonly codes: Relation;
  readonly numbers: readonly Numeric[];
  readonly coded: readonly Coded[];
}

/** What is to be predicted: as a number, and by the number of its class or part; of classes or not. */
export interface Label {
  readonly number: Numeric | undefined;
  readonly code: Coded | undefined;
  readonly classes: boolean;
}

export interface WithLabel {
  readonly associations: readonly Association[];
  /** Rows by label and feature. */
  readonly tables: readonly { readonly feature: Coded; readonly table: Contingency }[];
}

/** How strongly columns go together, in order of the columns within each measure; what is left out is said in `bounds`. */
export async function associationsBetween(
  { relation, codes, numbers, coded }: Columns,
  bounds: string[],
): Promise<Association[]> {
  const varied = numbers.filter(({ column }) => column.distinct > 1);
  const some = bounded(
    varied,
    MOST.numbers,
    relation.rows,
    'correlations are between the first',
    'columns of numbers',
    bounds,
  );
  const found = await correlationsOf(relation, pairsOf(some));
  const few = bounded(
    coded,
    MOST.coded,
    relation.rows,
    "mutual information and Cramér's V are between the first",
    'columns',
    bounds,
  );
  const pairs = pairsOf(few);
  const tables = await contingenciesOf(codes, pairs);
  const byTable = (take: (pair: readonly [Coded, Coded], table: Contingency) => Association[]): Association[] =>
    pairs.flatMap((pair, i) => take(pair, tables[i]!));
  return [
    ...found,
    ...byTable(([a, b], table) => (isCategory(a) && isCategory(b) ? [cramer(a, b, table)] : [])),
    ...byTable(([a, b], table) => [mutual(a, b, table)]),
  ];
}

/** How strongly each feature goes with the label, strongest first within each measure, and the tables of label by feature. */
export async function associationsWith(
  { relation, codes, numbers, coded }: Columns,
  label: Label,
  bounds: string[],
): Promise<WithLabel> {
  const features = coded.slice(0, MOST.withLabel);
  const varied = numbers.filter(({ column }) => column.distinct > 1).slice(0, MOST.withLabel);
  if (Math.max(coded.length, numbers.length) > MOST.withLabel)
    bounds.push(`the label is compared with the first ${MOST.withLabel} columns`);
  const found: Association[] = [];
  const tables: { feature: Coded; table: Contingency }[] = [];
  const { number, code } = label;
  if (code) {
    const counted = await contingenciesOf(
      codes,
      features.map((feature) => [code, feature]),
    );
    for (const [i, feature] of features.entries()) {
      tables.push({ feature, table: counted[i]! });
      found.push(mutual(feature, code, counted[i]!));
      if (label.classes && isCategory(feature)) found.push(cramer(feature, code, counted[i]!));
    }
  }
  if (label.classes && code) {
    const ratios = await correlationRatios(relation, varied, code);
    for (const [i, { column }] of varied.entries()) found.push(ratio(column.name, code.column.name, ratios[i]!));
  } else if (number) {
    found.push(
      ...(await correlationsOf(
        relation,
        varied.map((one) => [one, number]),
      )),
    );
    for (const feature of features.filter(isCategory)) {
      const [value = 0] = await correlationRatios(relation, [number], feature);
      found.push(ratio(number.column.name, feature.column.name, value));
    }
  }
  const order = ['pearson', 'spearman', 'correlation-ratio', 'cramers-v', 'mutual-information'];
  found.sort(
    (a, b) =>
      order.indexOf(a.measure) - order.indexOf(b.measure) ||
      Math.abs(b.value) - Math.abs(a.value) ||
      (a.columns[0] < b.columns[0] ? -1 : 1),
  );
  return { associations: found, tables };
}

/** Text and booleans: what has no order. */
export function isCategory({ column }: Coded): boolean {
  return column.kind === 'categorical';
}

const cramer = (a: Coded, b: Coded, table: Contingency): Association => ({
  columns: [a.column.name, b.column.name],
  measure: 'cramers-v',
  value: cramersV(table),
});
const mutual = (a: Coded, b: Coded, table: Contingency): Association => ({
  columns: [a.column.name, b.column.name],
  measure: 'mutual-information',
  value: mutualInformation(table),
});
const ratio = (number: string, group: string, value: number): Association => ({
  columns: [number, group],
  measure: 'correlation-ratio',
  value,
});

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

function bounded<T>(items: readonly T[], most: number, rows: number, said: string, of: string, bounds: string[]): T[] {
  const affordable = Math.floor((1 + Math.sqrt(1 + (8 * MOST.work) / Math.max(1, rows))) / 2);
  const size = Math.min(most, Math.max(4, affordable));
  if (items.length > size) bounds.push(`${said} ${size} of ${items.length} ${of}`);
  return items.slice(0, size);
}
