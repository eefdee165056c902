import { implement, type InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import { openModel } from '../../models/index.js';
import { figuresOfTask, shortName } from '@trainyard/metrics';
import { answersOf } from './answers.js';
import { compare, decidingFigure, type Comparison } from './comparison.js';
import { challenge } from './contract.js';
import { challengePage } from './challenge-page.js';
import { sayOpenings } from './openings.js';
import { judge, sayBefore } from './verdict.js';

export const challengeNode = implement(challenge, async ({ params, inputs, ctx }) => {
  const given = (['fresh', 'test'] as const).flatMap((rows) => {
    const table: InputArtifact | undefined = inputs[rows];
    return table ? [{ rows, table }] : [];
  });
  if (given.length === 0)
    throw new UserError('evaluate.challenge was given no rows to compare on', {
      expected: 'fresh, test, or both',
      remedy: 'pass fresh: a table of labelled rows, or test: the sealed test set',
    });
  const opened = [await openModel(inputs.challenger)];
  try {
    if (inputs.champion) opened.push(await openModel(inputs.champion));
    const task = figuresOfTask(opened[0]!.card.task.type);
    const figure = decidingFigure(task, params.metric);
    // Any of several looks may promote: each spends its part of alpha (Bonferroni).
    const { looks = 1, least = 1 } = params;
    const rule = { ...params, figure, alpha: params.alpha / looks, least };
    const sets: Comparison[] = [];
    for (const { rows, table } of given) {
      const answers = await answersOf({ models: opened, table, port: rows, scratch: ctx.scratch, signal: ctx.signal });
      sets.push(compare(rows, answers, { ...rule, seed: ctx.seed }));
      ctx.progress(sets.length / given.length, `compared on ${answers.rows} rows`);
    }
    const openings = inputs.test ? sayOpenings(await ctx.openedBefore('test')) : undefined;
    const { before } = inputs;
    const judged = judge(sets, rule);
    const value = {
      ...judged,
      reasons: [...(before ? sayBefore(before.value) : []), ...judged.reasons],
      metric: shortName(figure.name),
      sets: [...(before?.value.sets ?? []), ...sets],
    };
    return {
      value,
      files: {
        'report.html': challengePage(value, task, rule, openings),
        'report.json': `${JSON.stringify({ ...value, params })}\n`,
      },
    };
  } finally {
    for (const model of opened) await model.dispose();
  }
});
