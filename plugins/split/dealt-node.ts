import { requireColumn, openTable, withDatabase, type Database } from '@trainyard/tables';
import { implement, type NodeCall } from '../../worker/index.js';
import { refuseEmpty, requireClasses, requireIdentity, requireTraining } from './check.js';
import { randomSplit, stratifiedSplit } from './contract.js';
import { dealRows, type Deal } from './deal.js';
import { figuresOf } from './leaks/index.js';
import { splitPage } from './page.js';
import { reportFiles } from './report-files.js';
import { bindRows, type Binding } from './bind-rows.js';
import { writePart } from './write.js';

type Call = Pick<
  NodeCall<(typeof randomSplit)['spec']['params'], (typeof randomSplit)['spec']['inputs']>,
  'inputs' | 'ctx'
>;

interface Wanted extends Binding {
  readonly test: number;
  readonly validation: number;
  readonly seed: number;
  readonly label?: string;
  readonly exact: boolean;
}

export const randomSplitNode = implement(randomSplit, ({ params, ...call }) =>
  split(call, { ...params, exact: false }),
);

export const stratifiedSplitNode = implement(stratifiedSplit, ({ params, ...call }) =>
  split(call, { ...params, exact: params.exact ?? params.group === undefined }),
);

async function split({ inputs, ctx }: Call, wanted: Wanted) {
  const { test, validation, label, group, exact } = wanted;
  requireTraining(wanted);
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database: Database) => {
    const columns = await openTable(database, 'rows', inputs.table);
    requireIdentity(columns);
    if (group !== undefined) requireColumn(columns, group, 'group');
    if (label !== undefined) await requireClasses(database, columns, label);
    const together = await bindRows(database, columns, wanted);
    // The test part takes the lowest places, so another share of validation leaves it as it is.
    const parts = [
      { name: 'test', share: test },
      { name: 'validation', share: validation },
      { name: 'train', share: 1 - test - validation },
    ];
    const deal: Deal = { domain: 'split', seed: wanted.seed, parts, group, ...(exact ? { exact: { label } } : {}) };
    await dealRows(database, deal, together.sets > 0);
    const advice =
      group === undefined
        ? 'leave out exact: false to even this out'
        : 'groups of unlike size or class cause this; exact: true evens it out as far as whole groups allow';
    const figures = await figuresOf(database, columns, { label, group, near: wanted.near, parts, advice }, together);
    refuseEmpty(figures, wanted, {
      rows: 'give it a larger share, or more rows; where the table is a part of another split, give this one another seed',
      classes: `${exact || group !== undefined ? '' : 'leave out exact: false, '}give the part a larger share, or merge rare classes before`,
    });
    return {
      train: await writePart(database, ['train'], ctx.scratch, 'train'),
      validation: await writePart(database, ['validation'], ctx.scratch, 'validation'),
      test: await writePart(database, ['test'], ctx.scratch, 'test'),
      leaks: { value: figures, files: reportFiles(splitPage(figures, 'dealt by their identity'), figures) },
    };
  });
}
