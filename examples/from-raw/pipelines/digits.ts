import { pipeline, valueOf } from 'trainyard';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as explore from 'trainyard/plugins/explore';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';
import { pixels } from '../nodes/pixels/index.js';

const [width, height] = [8, 8];
const each = Array.from({ length: width * height }, (_, i) => `p${i}`);

/** A folder for each digit, in it a file for each picture: the folder is the label. */
export default pipeline('digits', { params: z.object({}), title: 'Digits from small pictures of them' }, async () => {
  const images = ingest.read({ source: ingest.images({ path: 'data/digits' }), key: 'file' });
  explore.profile({ table: images, label: 'label', title: 'Pictures of digits' });
  const parts = split.stratified({
    table: pixels({ table: images, width, height }),
    label: 'label',
    test: 0.2,
    validation: 0.2,
  });
  const prep = features.fit({
    table: parts.train,
    // Brightness from 0 to 1: a pixel that is nearly always white counts for no more than others.
    recipe: { numeric: each.map((column) => ({ column, scale: 'min-max' as const })), label: 'label' },
  });
  const fitted = train.logistic({ train: parts.train, validation: parts.validation, prep, label: 'label' });
  const report = evaluate.final(
    { model: fitted.model, test: parts.test },
    { reason: 'the one measurement of the example' },
  );
  return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
});
