import { type Random, shuffled } from '@trainyard/numeric';
import type { QueueItem, QueueReason, ReviewQueue } from '../../workflows/review/contract.js';
import { type Column, dataColumns, ROW_ID, type TableRow } from '@trainyard/tables';
import type { Ranking } from './rank-issues.js';

/**
 * Puts together what people look at: rows without a label, likely errors with the likeliest first, and among them a
 * random sample of all labelled rows, which alone says how many labels are wrong. `budget` bounds all of it; the
 * sample comes first then.
 */
export function makeQueue(
  rows: readonly TableRow[],
  columns: readonly Column[],
  ranking: Ranking,
  options: {
    readonly label: string;
    readonly audit: number;
    readonly budget?: number | undefined;
    readonly random: Random;
  },
): ReviewQueue {
  const { random, label } = options;
  const budget = options.budget ?? Infinity;
  const labelled = rows.map((_, row) => row).filter((row) => ranking.given[row]! >= 0);
  const order = shuffled(labelled.length, random);
  const drawn = Math.min(Math.ceil(options.audit * labelled.length), budget);
  const audit = new Set([...order.subarray(0, drawn)].map((at) => labelled[at]!));
  const suspects = new Set(ranking.issues.map((issue) => issue.row));
  const unlabelled = rows.map((_, row) => row).filter((row) => ranking.given[row]! < 0);

  const chosen: number[] = [];
  let room = budget - audit.size;
  for (const row of [...unlabelled, ...suspects]) {
    if (audit.has(row)) chosen.push(row);
    else if (room-- > 0) chosen.push(row);
  }
  for (const row of audit) if (!suspects.has(row)) chosen.splice(random.integer(chosen.length + 1), 0, row);

  const data = dataColumns(columns).filter(({ name }) => name !== label);
  return {
    format: 1,
    label,
    labels: ranking.labels,
    columns: data,
    items: chosen.map((row) => item(row, rows[row]!, data, ranking, { suspects, audit, label })),
  };
}

function item(
  at: number,
  row: TableRow,
  data: readonly Column[],
  ranking: Ranking,
  of: { suspects: ReadonlySet<number>; audit: ReadonlySet<number>; label: string },
): QueueItem {
  const count = ranking.labels.length;
  const p = ranking.probabilities.subarray(at * count, (at + 1) * count);
  const given = ranking.given[at]!;
  let likeliest = 0;
  for (let c = 1; c < count; c++) if (p[c]! > p[likeliest]!) likeliest = c;
  const why: QueueReason[] = given < 0 ? ['unlabelled'] : [];
  if (of.suspects.has(at)) why.push('suspect');
  if (of.audit.has(at)) why.push('audit');
  return {
    row: String(row[ROW_ID]),
    given: given < 0 ? null : ranking.labels[given]!,
    suggested: ranking.labels[likeliest]!,
    suggestedProbability: p[likeliest]!,
    givenProbability: given < 0 ? null : p[given]!,
    why,
    cells: Object.fromEntries(data.map(({ name }) => [name, row[name] ?? null])),
  };
}
