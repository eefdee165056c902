import type { Tensor2D } from '@tensorflow/tfjs-core';
import { UserError } from '@trainyard/errors';
import { z } from 'zod';
import type { Json } from '../../../core/index.js';
import {
  kindOnHand,
  modelKind,
  unfit,
  type FeatureScorer,
  type FileContent,
  type PortableMember,
} from '../../../models/index.js';
import { columnsAt } from './operations.js';

const index = z.number().int().nonnegative();

const member = z.object({
  /** The model kind that opens it. */
  kind: z.string(),
  /** Its share of the answer; all shares sum to 1. */
  weight: z.number().positive(),
  /** Its features, by their places among those of the ensemble. */
  features: z.array(index),
  /** The names of its files, and as what they stand among those of the ensemble. */
  files: z.record(z.string(), z.string()),
  /** Its own part of the card. */
  settings: z.json(),
});

/** What the card of an ensemble says. */
export const ensembleSettings = z.object({ width: index, members: z.array(member).min(1) });
export type EnsembleSettings = z.output<typeof ensembleSettings>;

/** Models of other kinds: the answer is the weighted mean of theirs. */
export const ensemble = modelKind({
  name: 'ensemble',
  title: 'A weighted mean of models of other kinds',
  tasks: ['classification', 'regression'],
  settings: ensembleSettings,
  missing: true,
  async open({ task, settings, bytes, path }) {
    const { width, members } = settings;
    const scorers: FeatureScorer[] = [];
    const dispose = async (): Promise<void> => {
      for (const scorer of scorers) await scorer.dispose?.();
    };
    try {
      for (const one of members) {
        const kind = await kindOnHand(one.kind);
        const inside = (file: string): string => one.files[file] ?? file;
        const scorer = await kind.open({
          task,
          settings: kind.settings.parse(one.settings),
          inputs: [],
          bytes: (file) => bytes(inside(file)),
          path: (file) => path(inside(file)),
        });
        if (scorer.takes !== 'features')
          throw unfit(`models of the kind "${one.kind}" take rows, not features: they cannot be in an ensemble`);
        scorers.push(scorer);
        if (scorer.width !== one.features.length || one.features.some((at) => at >= width))
          throw unfit('a member of the ensemble does not fit its card', {
            expected: `${scorer.width} of ${width} features`,
            actual: `${one.features.length} features`,
          });
        if (scorer.outputs !== scorers[0]!.outputs)
          throw unfit('members of the ensemble give different numbers of answers', {
            expected: `${scorers[0]!.outputs} a row`,
            actual: `${scorer.outputs} a row`,
          });
      }
    } catch (error) {
      await dispose();
      throw error;
    }
    const outputs = scorers[0]!.outputs;
    return {
      takes: 'features',
      width,
      outputs,
      async score(features, rows) {
        const sums = new Float64Array(rows * outputs);
        // One after the other, so that sums are the same however long each takes.
        for (const [i, { features: places, weight }] of members.entries()) {
          const answers = await scorers[i]!.score(taken(features, rows, width, places), rows);
          for (let at = 0; at < sums.length; at++) sums[at]! += weight * answers[at]!;
        }
        // The weights sum to 1 but for rounding, and so do probabilities.
        if (outputs > 1) for (let at = 0; at < sums.length; at++) sums[at] = Math.min(1, sums[at]!);
        return sums;
      },
      dispose,
    };
  },
  async portable({ task, settings: { width, members }, bytes, path }) {
    const laid: PortableMember[] = [];
    for (const one of members) {
      const kind = await kindOnHand(one.kind);
      const inside = (file: string): string => one.files[file] ?? file;
      const model = await kind.portable?.({
        task,
        settings: kind.settings.parse(one.settings),
        inputs: [],
        bytes: (file) => bytes(inside(file)),
        path: (file) => path(inside(file)),
      });
      if (!model || !(model.trees || model.operations))
        throw new UserError(`the ensemble has a member of the kind "${one.kind}", which lays no arithmetic open`, {
          where: { field: 'kind' },
          remedy: 'serve it with trainyard serve, or leave that kind out of the ensemble',
        });
      laid.push({ weight: one.weight, features: one.features, model });
    }
    const operations = laid.flatMap(({ model }) => (model.operations ? [model.operations] : []));
    return {
      width,
      members: laid,
      // Only where no member is of trees.
      ...(operations.length === laid.length && {
        operations: (tf, features) => {
          const each = laid.map((one, i) =>
            operations[i]!(tf, columnsAt(tf, features, one.features)).mul<Tensor2D>(tf.scalar(one.weight)),
          );
          const sum = each.reduce((a, b) => a.add<Tensor2D>(b));
          return task.type === 'classification' ? sum.minimum(tf.scalar(1)) : sum;
        },
      }),
    };
  },
});

/** Some of the features of each row. */
function taken(features: Float64Array, rows: number, width: number, places: readonly number[]): Float64Array {
  const own = new Float64Array(rows * places.length);
  let to = 0;
  for (let row = 0; row < rows; row++) for (const at of places) own[to++] = features[row * width + at]!;
  return own;
}

/** A model that an ensemble is made of. */
export interface EnsembleMember {
  readonly kind: string;
  readonly weight: number;
  readonly features: readonly number[];
  readonly settings: Json;
  readonly files: Readonly<Record<string, FileContent>>;
}

/** What the card and the files of an ensemble hold. */
export function ensembleParts(
  width: number,
  members: readonly EnsembleMember[],
): { readonly settings: Json; readonly files: Readonly<Record<string, FileContent>> } {
  const files: Record<string, FileContent> = {};
  const settings: EnsembleSettings = {
    width,
    members: members.map((one, i) => {
      const names = Object.keys(one.files).map((file): [string, string] => [file, `member-${i + 1}-${file}`]);
      for (const [file, name] of names) files[name] = one.files[file]!;
      return {
        kind: one.kind,
        weight: one.weight,
        features: [...one.features],
        files: Object.fromEntries(names),
        settings: one.settings as never,
      };
    }),
  };
  return { settings: settings as unknown as Json, files };
}
