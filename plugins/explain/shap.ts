import { UserError } from '@trainyard/errors';
import type { z } from 'zod';
import { openModel, taskType, type ModelCard } from '../../models/index.js';
import { implement } from '../../worker/index.js';
import {
  id,
  requireNames,
  ROW_ID,
  sql,
  withDatabase,
  writeTable,
  type Database,
  type TableRow,
} from '@trainyard/tables';
import { featureNames } from '@trainyard/transforms';
import { featuresOf, openThroughRules } from '@trainyard/transforms/tables';
import { shap, type shapFigures } from './contract.js';
import type { Explained } from './explained.js';
import { shapPage } from './page.js';

/** How far a sum of contributions may lie from its score, in units of the larger of it and 1. */
const TOLERANCE = 1e-9;
const NAMED = 100;

export const shapNode = implement(shap, async ({ params, inputs, ctx }) => {
  const model = await openModel(inputs.model);
  try {
    const { transform, explain, card } = model;
    if (!transform || !explain)
      throw new UserError(`models of the kind "${card.kind}" do not say what each feature added`, {
        where: { port: 'model' },
        expected: 'a model of trees: train.trees, train.regressionTrees or train.rankingTrees',
      });
    const names = featureNames(transform);
    return await withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
      const columns = await openThroughRules(database, 'rows', inputs.table, transform, 'table');
      const identity = columns.some(({ name }) => name === ROW_ID);
      const { query } = await featuresOf(database, 'rows', columns, transform, 'table', {
        also: identity ? [id(ROW_ID)] : [],
      });
      const parts: { values: Float64Array; contributions: Float64Array; rows: number }[] = [];
      const identities: string[] = [];
      let gap = 0;
      for await (const batch of database.columnBatches(query)) {
        const features = batch.columns.slice(identity ? 1 : 0);
        const values = new Float64Array(batch.rows * names.length);
        features.forEach((column, j) => {
          for (let row = 0; row < batch.rows; row++) values[row * names.length + j] = column[row] as number;
        });
        const contributions = explain.contributions(values, batch.rows);
        gap = Math.max(gap, requireSums(explain.raw(values, batch.rows), contributions, names.length));
        for (let row = 0; row < batch.rows; row++)
          identities.push(String(identity ? batch.columns[0]![row] : identities.length));
        parts.push({ values, contributions, rows: batch.rows });
      }
      const rows = identities.length;
      if (rows === 0) throw new UserError('the table has no rows', { where: { port: 'table' } });
      const explained: Explained = {
        scores: scoresOf(card, explain.scores),
        features: names,
        rows,
        values: joined(parts.map(({ values }) => values)),
        contributions: joined(parts.map(({ contributions }) => contributions)),
      };
      await insertValues(database, explained, identities);
      const value = summaryOf(explained, explain.says, gap);
      return {
        values: await writeTable(database, sql`FROM shap`, ctx.scratch, 'values', { rules: [] }),
        summary: {
          value,
          files: {
            'report.html': shapPage(value, explained, params.drawn),
            'report.json': `${JSON.stringify(value)}\n`,
          },
        },
      };
    });
  } finally {
    await model.dispose();
  }
});

export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Names of the raw scores: the classes where there is one for each, else what is answered. */
function scoresOf({ task }: ModelCard, count: number): string[] {
  const names = [...taskType(task).names(task)];
  if (names.length === count) return names;
  // Of two classes, the score is of the second.
  return count === 1 ? [names.at(-1)!] : Array.from({ length: count }, (_, i) => `score ${i + 1}`);
}

/** A row for each row and score: the row's identity, or its place from 0, then what each feature added. */
export async function insertValues(
  database: Database,
  { scores, features, rows, contributions }: Explained,
  identities: readonly string[],
): Promise<void> {
  const columns = ['row', 'score', 'expected', ...features.map((feature) => `shap ${feature}`)];
  requireNames(columns);
  const width = features.length + 1;
  function* all(): Generator<TableRow> {
    for (let row = 0; row < rows; row++)
      for (const [k, score] of scores.entries()) {
        const from = (row * scores.length + k) * width;
        const added = features.map((_, j) => [columns[3 + j]!, contributions[from + j]!] as const);
        yield {
          row: identities[row]!,
          score,
          expected: contributions[from + width - 1]!,
          ...Object.fromEntries(added),
        };
      }
  }
  const typed = columns.map((name, i) => ({ name, type: i < 2 ? ('text' as const) : ('number' as const) }));
  await database.insert('shap', typed, all());
}

/** The largest gap of a sum and its score. Throws where one is too large: the model would not be what it says. */
function requireSums(raw: Float64Array, contributions: Float64Array, features: number): number {
  let largest = 0;
  raw.forEach((score, i) => {
    let sum = 0;
    for (let j = 0; j <= features; j++) sum += contributions[i * (features + 1) + j]!;
    largest = Math.max(largest, Math.abs(sum - score) / Math.max(1, Math.abs(score)));
  });
  if (!(largest <= TOLERANCE)) throw new Error(`contributions sum to a score that is off by ${largest}`);
  return largest;
}

export function summaryOf(
  { scores, features, rows, contributions }: Explained,
  says: string,
  largestGap: number,
): z.output<typeof shapFigures> {
  const width = features.length + 1;
  return {
    rows,
    says,
    largestGap,
    scores: scores.map((score, k) => {
      const of = (row: number, j: number): number => contributions[(row * scores.length + k) * width + j]!;
      const all = features.map((feature, j) => {
        let [absolute, sum] = [0, 0];
        for (let row = 0; row < rows; row++) {
          absolute += Math.abs(of(row, j));
          sum += of(row, j);
        }
        return { feature, meanAbsolute: absolute / rows, mean: sum / rows };
      });
      all.sort((a, b) => b.meanAbsolute - a.meanAbsolute || (a.feature < b.feature ? -1 : 1));
      return { score, expected: of(0, features.length), features: all.slice(0, NAMED) };
    }),
  };
}
