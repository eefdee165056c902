import { pipeline, valueOf } from 'trainyard';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as explore from 'trainyard/plugins/explore';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const sign = z.object({ emoji: z.string(), name: z.string(), group: z.string() });

/** Short texts: which group of Unicode's an emoji belongs to, by the words of its name. */
export default pipeline('emoji', { params: z.object({}), title: 'Groups of emoji by their names' }, async () => {
  const table = ingest.csv({ source: 'data/emoji.csv', schema: sign, key: 'emoji' });
  explore.profile({ table, label: 'group', title: 'Emoji' });
  const parts = split.stratified({ table, label: 'group', test: 0.2, validation: 0.2 });
  const prep = features.fit({ table: parts.train, recipe: { text: [{ column: 'name', most: 1000 }], label: 'group' } });
  const fitted = train.logistic({ train: parts.train, validation: parts.validation, prep, label: 'group', l2: 0.1 });
  const report = evaluate.final(
    { model: fitted.model, test: parts.test },
    { reason: 'the one measurement of the example' },
  );
  return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
});
