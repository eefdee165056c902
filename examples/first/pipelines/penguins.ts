import { gate, pipeline } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as deploy from 'trainyard/plugins/deploy';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { census } from '../nodes/census/index.js';

const label = 'species';
const measures = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'];

export default pipeline('penguins', { title: 'Species of a penguin from its measures' }, async () => {
  const raw = ingest.csv({ source: 'data/penguins.csv' });
  const birds = clean.table({ table: raw, rules: [{ rule: 'require', columns: measures }] });
  census({ table: birds, by: 'island' }); // a node of this project; it runs beside the others
  const parts = split.stratified({ table: birds, label, test: 0.2, validation: 0.2 });
  const prep = features.fit({ table: parts.train, recipe: { numeric: measures, label } });
  const { model } = train.net({ train: parts.train, validation: parts.validation, prep, label });
  const report = evaluate.final({ model, test: parts.test }); // opens the sealed test part
  const good = await gate(report, (figures) => figures.f1.macro >= 0.9, 'f1.macro ≥ 0.9');
  return good ? deploy.endpoint({ name: 'penguins', model, evidence: report }) : 'not deployed';
});
