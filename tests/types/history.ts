// Columns of earlier rows are known by name in the editor. Checked by `tsc`: an unused @ts-expect-error is an error.
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import { z } from 'zod';

const days = z.object({ shop: z.string(), day: z.iso.date(), sold: z.number() });
const rows = ingest.csv({ source: 'days.csv', schema: days });

export const { table } = features.history({
  table: rows,
  key: ['shop'],
  order: 'day',
  columns: [
    { name: 'yesterday', of: 'sold', take: 'lag' },
    { name: 'days', of: 'sold', take: 'count', within: '30 days' },
  ],
});
export const parts = split.time({ table, time: 'day', test: 0.2, validation: 0.2 });
export const prep = features.fit({ table: parts.train, recipe: { numeric: ['yesterday', 'days', 'sold'] } });

// @ts-expect-error  a column that the table does not have
features.fit({ table: parts.train, recipe: { numeric: ['tomorrow'] } });
// @ts-expect-error  a key that the table does not have
features.history({ table: rows, key: ['shops'], order: 'day', columns: [{ name: 'a', of: 'sold', take: 'lag' }] });
features.history({
  ...{ table: rows, key: ['shop'], order: 'day' },
  // @ts-expect-error  a column that is not there to look back at
  columns: [{ name: 'a', of: 'bought', take: 'lag' }],
});
features.history({
  ...{ table: rows, key: ['shop'], order: 'day' },
  // @ts-expect-error  a figure without a window
  columns: [{ name: 'a', of: 'sold', take: 'mean' }],
});
