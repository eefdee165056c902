import { z } from 'zod';
import { modelKind, type FeatureScorer } from '../../../models/index.js';
import { trees, treesSettings } from './trees.js';

/** What the models of all quantiles share, and of each its text. */
export const quantileTreesSettings = treesSettings.omit({ iterations: true, sha256: true }).extend({
  parts: z.array(treesSettings.pick({ iterations: true, sha256: true }).extend({ file: z.string() })).min(1),
});
export type QuantileTreesSettings = z.output<typeof quantileTreesSettings>;

/**
 * Boosted trees for each quantile, scored by LightGBM. Answers of a row are put in rising order: models that are trained one by one may
 * cross, and sorting never makes them worse (Chernozhukov, Fernández-Val and Galichon 2010).
 */
export const quantileTrees = modelKind({
  name: 'quantile trees',
  title: 'Boosted trees or forests for quantiles, by LightGBM',
  tasks: ['quantiles'],
  settings: quantileTreesSettings,
  missing: true,
  async open({ task, settings: { parts, ...shared }, bytes, ...model }) {
    const opened: FeatureScorer[] = [];
    const dispose = async (): Promise<void> => {
      for (const one of opened) await one.dispose?.();
    };
    try {
      for (const { file, ...own } of parts)
        opened.push(
          (await trees.open({
            ...model,
            task: { type: 'regression', label: 'label' in task ? String(task.label) : '' },
            settings: { ...shared, ...own },
            bytes: () => bytes(file),
          })) as FeatureScorer,
        );
    } catch (error) {
      await dispose();
      throw error;
    }
    const outputs = parts.length;
    return {
      takes: 'features',
      width: shared.width,
      outputs,
      async score(features, rows) {
        const all = new Float64Array(rows * outputs);
        for (const [k, one] of opened.entries()) {
          const answers = await one.score(features, rows);
          for (let row = 0; row < rows; row++) all[row * outputs + k] = answers[row]!;
        }
        for (let row = 0; row < rows; row++) all.subarray(row * outputs, (row + 1) * outputs).sort();
        return all;
      },
      dispose,
    };
  },
});
