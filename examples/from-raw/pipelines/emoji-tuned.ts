import { pipeline, valueOf } from 'trainyard';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const sign = z.object({ emoji: z.string(), name: z.string(), group: z.string() });

/**
 * Short texts, by an encoder that has read a lot: MiniLM, fine-tuned to the groups of emoji. `npx trainyard setup minilm` fetches it and says
 * where it lies.
 */
export default pipeline(
  'emoji-tuned',
  {
    params: z.object({
      minilm: z.string().min(1).describe('folder of MiniLM’s files'),
      epochs: z.number().int().min(1).default(3).describe('of the whole, after the head'),
    }),
    title: 'Groups of emoji by their names, from a pretrained encoder',
  },
  async ({ minilm, epochs }) => {
    const table = ingest.csv({ source: 'data/emoji.csv', schema: sign, key: 'emoji' });
    const parts = split.stratified({ table, label: 'group', test: 0.2, validation: 0.2 });
    const weights = ingest.snapshot({ source: ingest.file({ path: `${minilm}/**/*` }) });
    const base = train.pretrained({ files: [weights], column: 'name', steps: 16 });
    const fitted = train.fineTuned({
      model: base.model,
      train: parts.train,
      validation: parts.validation,
      label: 'group',
      freeze: 12,
      first: { learningRate: 0.01 },
      learningRate: 5e-5,
      epochs,
    });
    const report = evaluate.final(
      { model: fitted.model, test: parts.test },
      { reason: 'the one measurement of the example' },
    );
    return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
  },
);
