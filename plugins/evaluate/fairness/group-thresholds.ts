import { UserError } from '@trainyard/errors';
import { gapOf } from '@trainyard/metrics';
import { featureNames, isMissing, readsOf, type FittedTransform } from '@trainyard/transforms';
import { openTable, withDatabase, type ColumnType } from '@trainyard/tables';
import type { z } from 'zod';
import type { Json } from '../../../core/index.js';
import { openModel } from '../../../models/index.js';
import { implement } from '../../../worker/index.js';
import { classified } from '../calibrate/calibrate.js';
import { rewrite } from '../calibrate/rewrite.js';
import { groupThresholds, type groupThresholdFigures } from './contract.js';
import { groupsOf } from './fairness.js';
import { grouped } from './group-kind.js';
import { groupThresholdsPage } from './page.js';

/** Rates that are tried. */
const TRIED = 100;
/** Thresholds stay from 0 and 1 by this. */
const EDGE = 1e-6;

type Alike = 'selectionRate' | 'equalOpportunity';

export const groupThresholdsNode = implement(
  groupThresholds,
  async ({ params: { column, alike, least }, inputs, ctx }) => {
    const model = await openModel(inputs.model);
    try {
      const { truth, p, task, rows, columns } = await classified(model, inputs.table, ctx, [column]);
      const { transform } = model;
      if (!transform || task.classes.length !== 2)
        throw new UserError('thresholds of groups are of a classifier of two classes with a transform', {
          where: { port: 'model' },
          expected: 'two classes, and a model that takes features',
          actual: `${task.classes.length} classes, a model of the kind "${model.card.kind}"`,
        });
      const cells = columns.get(column)!;
      // The transform knows no group of a row without one, so the model's own threshold counts there.
      const named = cells.flatMap((cell, row) => (isMissing(cell) ? [] : [row]));
      const { values, group: ofNamed } = groupsOf([column], new Map([[column, named.map((row) => cells[row]!)]]));
      const group = new Int32Array(rows).fill(-1);
      named.forEach((row, i) => (group[row] = ofNamed[i]!));
      const score = Float64Array.from({ length: rows }, (_, row) => p.values[row * 2 + 1]!);
      const former = clamp(task.threshold ?? 0.5);
      const members = values.map((_, g) =>
        Array.from({ length: rows }, (_row, i) => i).filter((row) => group[row] === g),
      );
      // Rates are of all rows of a group, or of those of the class alone.
      const asked = members.map((own) => own.filter((row) => alike === 'selectionRate' || truth[row] === 1));
      const judged = asked.flatMap((own, g) => (own.length >= least ? [g] : []));
      if (judged.length < 2)
        throw new UserError(`${judged.length} of ${values.length} groups by "${column}" have rows enough`, {
          where: { port: 'table', column },
          expected: `two groups or more with ${least} rows${alike === 'selectionRate' ? '' : ` of the class "${task.classes[1]}"`}`,
          remedy: 'bring more rows, join groups, or lower "least"',
        });
      const chosenOf = (own: readonly number[], threshold: number): number =>
        own.filter((row) => score[row]! >= threshold).length;
      const rateAt = (g: number, threshold: number): number => chosenOf(asked[g]!, threshold) / asked[g]!.length;
      const right = (thresholds: readonly number[]): number => {
        let count = 0;
        for (let row = 0; row < rows; row++)
          if (Number(score[row]! >= (thresholds[group[row]!] ?? former)) === truth[row]) count++;
        return count / rows;
      };
      const sorted = asked.map((own) => own.map((row) => score[row]!).sort((a, b) => b - a));
      const chosen = (rate: number): number[] =>
        values.map((_, g) => (judged.includes(g) ? thresholdFor(sorted[g]!, rate) : former));
      // Groups are alike as well where all of a group are answered alike; that is no answer.
      const tells = (thresholds: readonly number[]): boolean =>
        judged.every((g) => {
          const count = chosenOf(members[g]!, thresholds[g]!);
          return count > 0 && count < members[g]!.length && rateAt(g, thresholds[g]!) > 0;
        });
      let best: { rate: number; thresholds: number[]; accuracy: number } | undefined;
      for (let i = 1; i <= TRIED; i++) {
        const thresholds = chosen(i / TRIED);
        if (!tells(thresholds)) continue;
        const accuracy = right(thresholds);
        if (!best || accuracy > best.accuracy) best = { rate: i / TRIED, thresholds, accuracy };
      }
      if (!best)
        throw new UserError(`the probabilities of a group by "${column}" are all alike`, {
          where: { port: 'model' },
          expected: 'probabilities that tell rows of each group apart',
          actual: 'any threshold answers all rows of a group alike, so a rate is 0 or 1',
          remedy: 'train a model that tells them apart, or join groups',
        });
      const rates = (of: readonly number[]) =>
        values.map((_, g) => (asked[g]!.length === 0 ? undefined : rateAt(g, of[g]!)));
      const [before, after] = [rates(values.map(() => former)), rates(best.thresholds)];
      const gaps = (of: readonly (number | undefined)[]) => gapOf(judged.map((g) => of[g])) ?? null;
      const few = values.length - judged.length;
      const figures: z.output<typeof groupThresholdFigures> = {
        column,
        alike: alike as Alike,
        target: best.rate,
        groups: values.map(([name], g) => ({
          group: name!,
          n: members[g]!.length,
          threshold: best.thresholds[g]!,
          before: before[g] ?? null,
          after: after[g] ?? null,
        })),
        gap: { before: gaps(before), after: gaps(after) },
        accuracy: { before: right(values.map(() => former)), after: best.accuracy },
        warnings: [
          ...(few === 0
            ? []
            : [
                `${few} groups have fewer than ${least} rows that the rate is taken of, and keep the threshold ${former}`,
              ]),
          ...(named.length === rows
            ? []
            : [`${rows - named.length} rows have no group: the threshold ${former} counts there, in the model too`]),
        ],
      };
      const names = values.map(([name]) => name!);
      const type = await typeOf(inputs.table, column, ctx);
      const settings = {
        kind: model.card.kind,
        settings: model.card.settings,
        thresholds: best.thresholds,
        otherwise: former,
      };
      return {
        model: await rewrite(inputs.model, model, {
          kind: grouped,
          settings: settings as unknown as Json,
          task: { ...task, threshold: 0.5 },
          transform: withGroup(transform, column, names, type),
          metrics: {},
          training: { groupThresholds: { column, alike, rows } },
        }),
        report: {
          value: { ...figures, groups: figures.groups.slice(0, 20) },
          files: { 'report.html': groupThresholdsPage(figures), 'report.json': `${JSON.stringify(figures)}\n` },
        },
      };
    } finally {
      await model.dispose();
    }
  },
);

const clamp = (threshold: number): number => Math.min(1 - EDGE, Math.max(EDGE, threshold));

/** The threshold at which about this share of the scores, which fall, is reached: half way to the next one. */
export function thresholdFor(falling: readonly number[], rate: number): number {
  const count = Math.round(rate * falling.length);
  const [last, next] = [falling[count - 1] ?? 1, falling[count] ?? 0];
  return clamp((last + next) / 2);
}

async function typeOf(
  table: Parameters<typeof openTable>[2],
  column: string,
  { scratch, signal }: { readonly scratch: string; readonly signal: AbortSignal },
): Promise<ColumnType> {
  return withDatabase({ scratch, signal }, async (database) => {
    const columns = await openTable(database, 'groups', table);
    return columns.find(({ name }) => name === column)?.type ?? 'text';
  });
}

/** The transform with the group's place among its names as one more feature, the last. */
function withGroup(
  transform: FittedTransform,
  column: string,
  names: readonly string[],
  type: ColumnType,
): FittedTransform {
  const { format, steps, kept, columns } = transform;
  const features = featureNames({ ...transform, kept: undefined }).length;
  const isRead = readsOf(transform).some((read) => read.column === column);
  const known = columns?.some(({ name }) => name === column) ?? isRead;
  return {
    ...transform,
    format: format === 'trainyard.transform/1' ? 'trainyard.transform/2' : format,
    steps: [...steps, { kind: 'pass', column, type: 'category', categories: [...names] }],
    ...(kept ? { kept: [...kept, features] } : {}),
    ...(columns && !known ? { columns: [...columns, { name: column, type }] } : {}),
  };
}
