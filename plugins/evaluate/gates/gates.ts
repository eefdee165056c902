import { UserError } from '@trainyard/errors';
import { figuresOfTask, findFigure, quantile, shortName } from '@trainyard/metrics';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import type { z } from 'zod';
import { MODEL_SAMPLE, openModel, readSample } from '../../../models/index.js';
import { implement, type InputArtifact, type NodeContext } from '../../../worker/index.js';
import type { TaskCard } from '../../task/index.js';
import type { AnyFinalFigures } from '../contract.js';
import { together } from '../fairness/fairness.js';
import { against } from '../find/slices.js';
import { between } from '../sections/index.js';
import { gates, type gateFigures } from './contract.js';

type Gate = z.output<typeof gateFigures>['gates'][number];
type Interval = readonly [number, number];

/** Answers that are timed, and those before them that are not. */
const [TIMED, BEFORE] = [200, 50];

export const gatesNode = implement(gates, async ({ params, inputs, ctx }) => {
  const found: Gate[] = [];
  const gate = (name: Gate['gate'], verdict: Gate['verdict'], says: string, more: Partial<Gate> = {}): void => {
    found.push({ gate: name, verdict, says, value: null, interval: null, limit: null, ...more });
  };
  const { final, card, challenge, slices, fairness } = inputs;
  if (card) found.push(await ofTaskCard(card.value, final.value, final));
  if (challenge) {
    const { verdict, decided, reasons } = challenge.value;
    gate('champion', verdict === 'promote' ? 'passed' : decided ? 'failed' : 'cannot tell', reasons.join(' '));
  }
  if (slices) {
    const { verdict, looked, tooSmall, figure, limit, tested } = slices.value;
    // That no slice was found worse does not show that none is.
    const said = verdict === 'worse' ? 'failed' : verdict === 'not worse' ? 'cannot tell' : verdict;
    const held =
      limit === null
        ? `against all rows by the error of a row${tested === undefined ? '' : ` (${tested})`}, not by ${figure}`
        : `against ${sayFigure(limit)} by ${figure}`;
    const remedy = verdict === 'not worse' ? ' A limit of evaluate.slices can be passed.' : '';
    gate('slices', said, `${looked} slices were held ${held}: ${verdict}; ${tooSmall} were too small.${remedy}`, {
      limit,
    });
  }
  if (fairness) {
    const { verdict, cuts } = fairness.value;
    if (verdict === null)
      throw new UserError('the report of fairness was given no limits, so there is nothing to pass', {
        where: { port: 'fairness' },
        remedy: 'evaluate.fairness({ …, limits: { equalOpportunity: 0.1 } })',
      });
    const said = cuts.flatMap(({ columns, gaps }) =>
      gaps.flatMap((one) =>
        one.verdict === null
          ? []
          : [
              `${one.name} by ${columns.join(' and ')} is ${sayFigure(one.value)} (${between(one.interval ?? undefined)}), limit ${sayFigure(one.limit)}: ${one.verdict}`,
            ],
      ),
    );
    gate('fairness', verdict, `${said.join('; ')}.`);
  }
  if (params.megabytes !== undefined) {
    const value = inputs.model.ref.size / 1e6;
    gate('size', value <= params.megabytes ? 'passed' : 'failed', `The model has ${sayFigure(value)} MB.`, {
      value,
      limit: params.megabytes,
    });
  }
  if (params.milliseconds !== undefined) {
    const value = await latency(inputs.model, ctx);
    gate(
      'latency',
      value <= params.milliseconds ? 'passed' : 'failed',
      `95 of 100 answers to one row took ${sayFigure(value)} ms or less, here.`,
      { value, limit: params.milliseconds },
    );
  }
  if (found.length === 0)
    throw new UserError('no gate was asked for', {
      expected: 'a task card, a challenge, slices, fairness, megabytes or milliseconds',
    });
  const value = { verdict: together(found.map(({ verdict }) => verdict)), gates: found };
  return {
    value,
    files: { 'report.html': gatesPage(value), 'report.json': `${JSON.stringify(value)}\n` },
  };
});

/** Whether the whole interval of the card's figure keeps to its threshold. */
async function ofTaskCard({ metric }: TaskCard, figures: AnyFinalFigures, artifact: InputArtifact): Promise<Gate> {
  const task = figuresOfTask(figures.task);
  const figure = findFigure(task, metric.name);
  if (!figure)
    throw new UserError(`the task card names a figure "${metric.name}" that models for ${figures.task} do not have`, {
      where: { port: 'card', field: 'metric.name' },
      expected: task.figures.map(({ name }) => name).join(', '),
    });
  const value = metric.name
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], figures);
  // The report has the intervals of all figures, the value those of the most asked for.
  const { intervals } = JSON.parse(await artifact.text('report.json')) as { intervals: Record<string, Interval> };
  const interval = intervals[shortName(figure.name)];
  const limit = metric.threshold;
  const better = metric.direction === 'minimize' ? 'smaller' : 'larger';
  const verdict = typeof value === 'number' ? against(limit, { better }, interval) : 'cannot tell';
  const said = `${figure.title} is ${sayFigure(typeof value === 'number' ? value : null)} on ${figures.n} sealed rows, 95 % ${between(interval) || 'unknown'}; the card asks for ${better === 'larger' ? 'at least' : 'at most'} ${sayFigure(limit)}.`;
  return {
    gate: 'task card',
    verdict,
    says: said,
    value: typeof value === 'number' ? value : null,
    interval: interval ? [interval[0], interval[1]] : null,
    limit,
  };
}

/** Milliseconds that 95 of 100 answers to one row take at most. */
async function latency(artifact: InputArtifact, ctx: NodeContext): Promise<number> {
  const model = await openModel(artifact);
  try {
    const { rows } = readSample(await artifact.text(MODEL_SAMPLE));
    const taken: number[] = [];
    for (let i = 0; i < BEFORE + TIMED; i++) {
      ctx.signal.throwIfAborted();
      if (i % 50 === 0) ctx.progress(i / (BEFORE + TIMED), 'timing answers to one row');
      const from = performance.now();
      await model.score([rows[i % rows.length]!]);
      if (i >= BEFORE) taken.push(performance.now() - from);
    }
    return quantile(
      taken.sort((a, b) => a - b),
      0.95,
    );
  } finally {
    await model.dispose();
  }
}

function gatesPage({ verdict, gates: all }: z.output<typeof gateFigures>): string {
  return htmlPage(
    'Gates',
    html`<p><strong>${verdict}</strong></p>
      <p class="soft">
        A gate on a figure has passed where its whole 95 % interval keeps to the limit, and failed where all of it lies
        beyond; else these rows cannot tell.
      </p>
      ${htmlTable(
        ['gate', 'verdict', 'evidence'],
        all.map((one) => [one.gate, one.verdict, one.says]),
      )}`,
  );
}
