import { UserError } from '@trainyard/errors';
import { gapOf } from '@trainyard/metrics';
import { featureNames, readsOf, type FittedTransform } from '@trainyard/transforms';
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
      const { values, group } = groupsOf([column], columns);
      const score = Float64Array.from({ length: rows }, (_, row) => p.values[row * 2 + 1]!);
      const former = clamp(task.threshold ?? 0.5);
      const members = values.map((_, g) =>
        Array.from({ length: rows }, (_row, i) => i).filter((row) => group[row] === g),
      );
      // Rates are of all rows of a group, or of those of the class alone.
      const asked = members.map((own) => own.filter((row) => alike === 'selectionRate' || truth[row] === 1));
      const judged = members.flatMap((own, g) => (own.length >= least && asked[g]!.length > 0 ? [g] : []));
      const rateAt = (g: number, threshold: number): number =>
        asked[g]!.filter((row) => score[row]! >= threshold).length / asked[g]!.length;
      const right = (thresholds: readonly number[]): number => {
        let count = 0;
        for (let row = 0; row < rows; row++)
          if (Number(score[row]! >= thresholds[group[row]!]!) === truth[row]) count++;
        return count / rows;
      };
      const sorted = asked.map((own) => own.map((row) => score[row]!).sort((a, b) => b - a));
      const chosen = (rate: number): number[] =>
        values.map((_, g) => (judged.includes(g) ? thresholdFor(sorted[g]!, rate) : former));
      let best = { rate: 0, thresholds: chosen(0), accuracy: -1 };
      for (let i = 0; i <= TRIED; i++) {
        const thresholds = chosen(i / TRIED);
        const accuracy = right(thresholds);
        if (accuracy > best.accuracy) best = { rate: i / TRIED, thresholds, accuracy };
      }
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
        warnings:
          few === 0
            ? []
            : [`${few} groups have fewer than ${least} rows, or none of the class, and keep the threshold ${former}`],
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
