import type { z } from 'zod';
import { type Html, html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { treesFigures } from '../contract.js';
import { sayStop, type Grown } from './boosting.js';
import type { Loss } from './loss.js';

/** What else is known of a training. */
export interface GrowthFacts {
  readonly loss: Loss;
  /** Loss of the best constant answer on the training rows. */
  readonly constantLoss: number;
  readonly features: readonly string[];
  readonly rows: number;
  readonly minDataInLeaf: number;
  readonly patience: number;
  /** Such as `1,000 training rows, 5 features`. */
  readonly about: string;
}

/** Features named in the figures, and in the table of the page. */
const [NAMED, SHOWN] = [100, 30];

/**
 * Findings, each with its evidence and what to try. Their limits: no split at all; overfitting (the validation loss at the end is
 * above its lowest by 2 % of the constant answer's loss or more); not converged (in the last tenth the watched loss still fell by
 * over 1 %); underfitting (no 10 % better than a constant).
 */
export function diagnoseGrowth({ history, best, stop }: Grown, facts: GrowthFacts): string[] {
  const findings: string[] = [];
  const watched = history.map(({ trainLoss, validationLoss }) => validationLoss ?? trainLoss ?? NaN);
  if (stop.kind === 'no split' && history.length <= 1) {
    const few = facts.rows < 2 * facts.minDataInLeaf;
    findings.push(
      `No split was found: the model answers every row alike.${few ? ` There are ${facts.rows} training rows, and each leaf must hold ${facts.minDataInLeaf}: lower min_data_in_leaf, or bring more rows.` : ' The features may say nothing of the label; lower min_data_in_leaf, min_gain_to_split or the penalties.'}`,
    );
    return findings;
  }
  const last = watched.at(-1)!;
  const lowest = Math.min(...watched);
  const validated = history.at(-1)!.validationLoss !== null;
  if (validated && last - lowest > 0.02 * facts.constantLoss) {
    const at = watched.indexOf(lowest) + 1;
    findings.push(
      `Overfitting from iteration ${at + 1}: the validation loss rose from ${sayFigure(lowest)} to ${sayFigure(last)}. ${facts.patience > 0 ? `The model has the trees of iteration ${best}; a` : 'The model has all trees: set early_stopping_round to keep the best alone. A'} lower learning_rate, fewer num_leaves or a larger min_data_in_leaf may help.`,
    );
  }
  const tenth = Math.ceil(history.length / 10);
  const fall = history.length < 10 ? 0 : 1 - last / watched[history.length - 1 - tenth]!;
  if (stop.kind === 'iterations' && validated && fall > 0.01)
    findings.push(
      `Not converged: in the last tenth of the iterations the validation loss still fell by ${(fall * 100).toFixed(1)} %. More num_iterations or a higher learning_rate may help.`,
    );
  const kept = watched[best - 1]!;
  if (kept > 0.9 * facts.constantLoss)
    findings.push(
      `Underfitting: the loss of ${sayFigure(kept)} is hardly below ${sayFigure(facts.constantLoss)}, which the best constant answer has on the training rows. More iterations or leaves, or better features may help.`,
    );
  return findings.length > 0 ? findings : ['Nothing stands out: the loss fell and settled.'];
}

/** A report of grown trees: curves, importance, diagnosis. It holds no times, so that equal trainings give equal bytes. */
export function growthReport(
  grown: Grown,
  facts: GrowthFacts,
): { value: z.output<typeof treesFigures>; files: Record<string, string> } {
  const { value, body, curves } = growthSection(grown, facts);
  return {
    value,
    files: {
      'report.html': htmlPage('Growth of trees', body),
      'report.json': `${JSON.stringify({ ...value, ...curves })}\n`,
    },
  };
}

/** What a report says of one model's growth, to be put on a page with others. */
export function growthSection(
  grown: Grown,
  facts: GrowthFacts,
): {
  readonly value: z.output<typeof treesFigures>;
  readonly body: Html;
  /** What the report's file holds beside the figures. */
  readonly curves: object;
} {
  const { history, best, stop, gain, splits } = grown;
  const kept = history[best - 1];
  const importance = facts.features
    .map((feature, at) => ({ feature, gain: gain[at]!, splits: splits[at]! }))
    .sort((a, b) => b.gain - a.gain || (a.feature < b.feature ? -1 : 1));
  const diagnosis = diagnoseGrowth(grown, facts);
  const value = {
    iterations: history.length,
    bestIteration: best,
    stopped: sayStop(stop),
    loss: facts.loss.name,
    trainLoss: kept?.trainLoss ?? null,
    validationLoss: kept?.validationLoss ?? null,
    importance: importance.slice(0, NAMED),
    diagnosis,
  };
  const validated = kept?.validationLoss !== null;
  const line = (name: string, of: (iteration: (typeof history)[number]) => number | null) => ({
    name,
    points: history.map((one) => [one.iteration, of(one) ?? NaN] as const),
  });
  const body = html`<p class="soft">${facts.about}</p>
    <p>Training ended after ${history.length} iterations, as ${sayStop(stop)}. The model has the trees of ${best}.</p>
    <h2>Diagnosis</h2>
    <ul>
      ${diagnosis.map((finding) => html`<li>${finding}</li>`)}
    </ul>
    <h2>Loss</h2>
    ${lineChart({
      title: 'Loss by iteration',
      x: 'iteration',
      y: facts.loss.name,
      yRange: [0, Math.max(...history.flatMap((one) => [one.trainLoss ?? 0, one.validationLoss ?? 0]))],
      mark: { x: best, name: `kept: ${best}` },
      lines: [
        line('training', ({ trainLoss }) => trainLoss),
        ...(validated ? [line('validation', ({ validationLoss }) => validationLoss)] : []),
      ],
    })}
    <h2>Importance of the features</h2>
    <p class="soft">Gain: by how much the splits on it lowered the training loss, in sum.</p>
    ${htmlTable(
      ['feature', 'gain', 'splits'],
      importance.slice(0, SHOWN).map((one) => [one.feature, one.gain, one.splits]),
    )}`;
  return { value, body, curves: { importance, curves: history } };
}
