import { pipeline, valueOf } from 'trainyard';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const sign = z.object({ emoji: z.string(), name: z.string(), group: z.string() });

/** Short texts as they are: a net that learns its own vocabulary, and is asked with raw text. */
export default pipeline(
  'emoji-words',
  { params: z.object({}), title: 'Groups of emoji by their names, from raw text' },
  async () => {
    const table = ingest.csv({ source: 'data/emoji.csv', schema: sign, key: 'emoji' });
    const parts = split.stratified({ table, label: 'group', test: 0.2, validation: 0.2 });
    const fitted = train.textNet({
      train: parts.train,
      validation: parts.validation,
      label: 'group',
      column: 'name',
      steps: 12,
      model: { preset: 'bag', units: 96 },
      least: 1,
      learningRate: 0.01,
    });
    const report = evaluate.final(
      { model: fitted.model, test: parts.test },
      { reason: 'the one measurement of the example' },
    );
    return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
  },
);
