import { pipeline, valueOf } from 'trainyard';
import * as check from 'trainyard/plugins/check';
import * as clean from 'trainyard/plugins/clean';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as explore from 'trainyard/plugins/explore';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

/** A line as the field workers left it: names with units, a date, comments, and dots where a sex was not told. */
const line = z.object({
  studyName: z.string(),
  'Sample Number': z.int(),
  Species: z.string(),
  Region: z.string(),
  Island: z.string(),
  Stage: z.string(),
  'Individual ID': z.string(),
  'Clutch Completion': ingest.written(z.boolean(), { true: ['Yes'], false: ['No'] }),
  'Date Egg': z.iso.date(),
  'Culmen Length (mm)': z.number().nullable(),
  'Culmen Depth (mm)': z.number().nullable(),
  'Flipper Length (mm)': z.number().nullable(),
  'Body Mass (g)': z.number().nullable(),
  Sex: z.string().nullable(),
  'Delta 15 N (o/oo)': z.number().nullable(),
  'Delta 13 C (o/oo)': z.number().nullable(),
  Comments: z.string().nullable(),
});

/** What the rest of the pipeline may count on. */
const birds = check.contract({
  columns: z.object({
    species: z.enum(['Adelie', 'Chinstrap', 'Gentoo']),
    island: z.enum(['Biscoe', 'Dream', 'Torgersen']),
    mass: z.number().min(2000).max(8000),
    egg: z.iso.date(),
  }),
  labels: ['species'],
  rules: [{ rule: 'rows', min: 300 }],
});

const label = 'species';

export default pipeline(
  'raw-penguins',
  { params: z.object({}), title: 'Species of penguins from the field notes' },
  async () => {
    const raw = ingest.csv({ source: 'data/penguins-raw.csv', schema: line });
    const tidy = clean.table({
      table: raw,
      rules: [
        {
          rule: 'rename',
          columns: {
            Species: 'species',
            Island: 'island',
            'Date Egg': 'egg',
            'Culmen Length (mm)': 'bill_length',
            'Culmen Depth (mm)': 'bill_depth',
            'Flipper Length (mm)': 'flipper',
            'Body Mass (g)': 'mass',
            Sex: 'sex',
          },
        },
        {
          rule: 'map',
          column: 'species',
          values: {
            'Adelie Penguin (Pygoscelis adeliae)': 'Adelie',
            'Chinstrap penguin (Pygoscelis antarctica)': 'Chinstrap',
            'Gentoo penguin (Pygoscelis papua)': 'Gentoo',
          },
        },
        { rule: 'case', columns: ['sex'], to: 'lower' },
        { rule: 'allow', column: 'sex', values: ['female', 'male'], otherwise: 'missing' },
        { rule: 'require', columns: ['mass'] },
      ],
    });
    check.table({ table: tidy, contract: birds });
    explore.profile({ table: tidy, label, title: 'Penguins from the field notes' });
    // A bird was measured in several years: all its rows belong to one part.
    const parts = split.stratified({ table: tidy, label, group: 'Individual ID', test: 0.2, validation: 0.2 });
    explore.compare({ reference: parts.train, table: parts.validation, names: ['training', 'validation'], label });
    const learnt = clean.fit({
      train: parts.train,
      rules: [{ rule: 'impute', columns: ['Delta 15 N (o/oo)', 'Delta 13 C (o/oo)'], by: 'median', group: ['island'] }],
    });
    const known = clean.apply({ table: parts.train, cleaning: learnt }).table;
    const prep = features.fit({
      table: known,
      recipe: {
        numeric: ['bill_length', 'bill_depth', 'flipper', 'mass', 'Delta 15 N (o/oo)', 'Delta 13 C (o/oo)'],
        categorical: ['sex', 'Clutch Completion'],
        label,
      },
    });
    const fitted = train.logistic({ train: known, validation: parts.validation, prep, label });
    const report = evaluate.final(
      { model: fitted.model, test: parts.test },
      { reason: 'the one measurement of the example' },
    );
    return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
  },
);
