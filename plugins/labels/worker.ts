import { UserError } from '@trainyard/errors';
import { canonical } from '../../core/index.js';
import { randomFrom } from '@trainyard/numeric';
import { parseReviewQueue, QUEUE_FILE } from '../../workflows/review/contract.js';
import { openTable, readRows, requireColumn, ROW_ID, TABLE_FILE, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { apply, suspects } from './contract.js';
import { reviewResult, type AnswersFile } from './review-result.js';
import { makeQueue } from './queue.js';
import { rank } from './rank-issues.js';
import { relabel } from './relabel.js';
import { reviewPage } from './page.js';

export const suspectsNode = implement(suspects, async ({ params, inputs, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const columns = await openTable(database, 'given', inputs.table);
    requireColumn(columns, ROW_ID, 'the row identity');
    const rows = await readRows(database, await inputs.table.path(TABLE_FILE));
    const ranking = rank(rows, columns, { ...params, seed: ctx.seed }, (fraction, words) =>
      ctx.progress(fraction, words),
    );
    const { label, audit, budget } = params;
    const queue = makeQueue(rows, columns, ranking, { label, audit, budget, random: randomFrom(ctx.seed, 2) });
    const count = (reason: string): number => queue.items.filter(({ why }) => why.some((of) => of === reason)).length;
    return {
      value: {
        label,
        labels: [...queue.labels],
        rows: rows.length,
        items: queue.items.length,
        suspects: count('suspect'),
        audited: count('audit'),
        unlabelled: count('unlabelled'),
        found: ranking.issues.length,
        probabilities: ranking.method,
      },
      files: { [QUEUE_FILE]: `${canonical(queue)}\n` },
    };
  }),
);

export const applyNode = implement(apply, async ({ inputs, ctx }) => {
  const queue = parseReviewQueue(await inputs.queue.text(QUEUE_FILE));
  const answers = JSON.parse(await inputs.answers.text('answers.json')) as AnswersFile;
  if (answers.finals.length !== queue.items.length || answers.label !== queue.label) {
    throw new UserError('the answers are not those to this queue', {
      where: { port: 'answers' },
      expected: `${queue.items.length} items of ${queue.label}`,
      actual: `${answers.finals.length} items of ${answers.label}`,
    });
  }
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const { rows } = inputs.table.value as { rows: number };
    const result = reviewResult(queue, answers, rows);
    const table = await relabel(database, inputs.table, queue.label, result.changes, ctx.scratch);
    const { figures, provenance } = result;
    return {
      table,
      report: {
        value: figures,
        files: {
          'report.html': reviewPage(result, answers),
          'report.json': `${canonical({ figures, guideline: answers.guideline, run: answers.run, review: answers.name, provenance })}\n`,
        },
      },
    };
  });
});
