import { pipeline, refTo, table, valueOf } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const measures = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'] as const;
const label = 'species';

/** A row of the table `birds` in the database. */
const bird = z.object({
  id: z.int(),
  species: z.enum(['Adelie', 'Chinstrap', 'Gentoo']),
  bill_length_mm: z.number(),
  bill_depth_mm: z.number(),
  flipper_length_mm: z.number(),
  body_mass_g: z.number(),
});

const params = z.object({
  known: refTo(table).optional().describe('the rows of earlier runs: `rows` of the last result'),
  since: z.json().optional().describe('how far they reach: `since` of the last result'),
  l2: z.number().min(0).default(1).describe('weight of the penalty of logistic regression'),
});

/**
 * A table in PostgreSQL that grows: each run reads what has come since the last one, and trains on all of it. A row keeps its
 * part (training, validation, test) from run to run, since the split goes by its id.
 */
export default pipeline('birds', { params, title: 'Species of birds in a table that grows' }, async (p) => {
  const fresh = ingest.read({
    source: ingest.postgres({
      url: { secret: 'birds' },
      query: `SELECT id, species, ${measures.join(', ')} FROM birds WHERE body_mass_g IS NOT NULL`,
      watermark: 'id',
    }),
    schema: bird,
    key: 'id',
    ...(p.since === undefined ? {} : { since: p.since }),
  });
  const rows = p.known === undefined ? fresh : clean.concat({ tables: [p.known, fresh] });
  const parts = split.stratified({ table: rows, label, test: 0.2, validation: 0.2 });
  const prep = features.fit({ table: parts.train, recipe: { numeric: [...measures], label } });
  const fitted = train.logistic({ train: parts.train, validation: parts.validation, prep, label, l2: p.l2 });
  const taken = (await valueOf(fresh.source)) as { watermark?: z.core.util.JSONType };
  return {
    rows,
    since: taken.watermark ?? p.since ?? null,
    model: fitted.model,
    figures: await valueOf(fitted.figures),
  };
});
