import { sayFigure } from '@trainyard/pages';
import { sayLook, type History, type Look } from './history.js';

/** What else is known of a trained net. */
export interface Evidence {
  /** Loss of the best answer that is the same for all rows, such as the shares of the classes, */
  readonly priorLoss: number;
  /** and what that answer is, in words. */
  readonly prior: string;
  /** Share of hidden units that are 0 for every training row; none where activations cannot die. */
  readonly deadUnits?: number | undefined;
}

/** Looks on both ends of a stretch that its trend is taken from. */
const window = (looks: readonly Look[]): number => Math.max(1, Math.min(5, Math.floor(looks.length / 4)));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * A training in words: findings, each with its evidence and what to try. The rules and their limits:
 * diverged (the loss is no longer a number); learning rate too high (the training loss rises in 4 of 10 looks, or
 * ends above where it began); overfitting (validation loss above its best by 10 % of that and 2 % of the loss of the
 * best constant answer, while the training loss still fell); not converged (the best look is among the last two and the
 * loss fell by over 1 % in the last tenth);
 * underfitting (no 10 % better than the best constant answer); dead units (a fifth or more).
 */
export function diagnose({ looks, best: bestLook, stop }: History, evidence: Evidence): string[] {
  const findings: string[] = [];
  const first = looks[0];
  const last = looks.at(-1);
  const best = looks[bestLook - 1];
  if (!first || !last || !best) return findings;

  if (stop.kind === 'diverged')
    findings.push(
      `Diverged in epoch ${stop.epoch}: the loss was no longer a number; ${sayLook(best)} was kept. Lower the learning rate.`,
    );

  if (stop.kind === 'budget')
    findings.push(
      `Ended by its budget of ${stop.budget} in ${sayLook(last)}${bestLook >= looks.length - 1 ? ', while the loss still fell' : ''}; ${sayLook(best)} was kept. A larger budget, larger batches or fewer units may help.`,
    );

  const every = looks.some(({ step }) => step !== undefined) ? 'looks' : 'epochs';
  const rises = looks.filter((look, i) => i > 0 && look.trainLoss > looks[i - 1]!.trainLoss).length;
  const grew = last.trainLoss > first.trainLoss;
  if (looks.length >= 5 && (grew || rises >= 0.4 * (looks.length - 1)))
    findings.push(
      `The learning rate may be too high: the training loss rose in ${rises} of ${looks.length - 1} ${every}${grew ? `, and ended at ${sayFigure(last.trainLoss)} above its start of ${sayFigure(first.trainLoss)}` : ''}. Try a third of it, or larger batches.`,
    );

  const overfit = isOverfit(looks, bestLook, evidence.priorLoss);
  if (overfit)
    findings.push(
      `Overfitting from ${sayLook(looks[bestLook]!)}: the validation loss rose from ${sayFigure(best.validation!.loss)} to ${sayFigure(last.validation!.loss)} while the training loss fell from ${sayFigure(best.trainLoss)} to ${sayFigure(last.trainLoss)}. The model has the weights of ${sayLook(best)}; dropout, l2, fewer units or more data may help.`,
    );

  const fall = fallAtTheEnd(looks);
  if (stop.kind === 'epochs' && bestLook >= looks.length - 1 && fall > 0.01)
    findings.push(
      `Not converged: in the last tenth of the epochs the loss still fell by ${(fall * 100).toFixed(1)} %. More epochs or a higher learning rate may help.`,
    );

  const loss = (best.validation ?? { loss: best.trainLoss }).loss;
  if (loss > 0.9 * evidence.priorLoss)
    findings.push(
      `Underfitting: the loss of ${sayFigure(loss)} is hardly below ${sayFigure(evidence.priorLoss)}, which answering ${evidence.prior} gives. More units or epochs, less dropout or l2, or better features may help.`,
    );

  if ((evidence.deadUnits ?? 0) >= 0.2)
    findings.push(
      `${Math.round(evidence.deadUnits! * 100)} % of the hidden units are 0 for every training row. A lower learning rate or another activation may help.`,
    );

  return findings.length > 0 ? findings : ['Nothing stands out: the loss fell and settled.'];
}

function isOverfit(looks: readonly Look[], bestLook: number, priorLoss: number): boolean {
  const best = looks[bestLook - 1]!;
  const size = window(looks);
  const tail = looks.slice(Math.max(bestLook, looks.length - size));
  if (tail.length === 0 || !best.validation) return false;
  const validation = mean(tail.map((look) => look.validation?.loss ?? NaN));
  const rise = validation - best.validation.loss;
  const rose = rise > 0.1 * best.validation.loss && rise > 0.02 * priorLoss;
  return rose && mean(tail.map((look) => look.trainLoss)) < best.trainLoss;
}

/** Share by which the watched loss fell over the last tenth of the looks. */
function fallAtTheEnd(looks: readonly Look[]): number {
  if (looks.length < 10) return 0;
  const watched = (look: Look): number => look.validation?.loss ?? look.trainLoss;
  const tenth = Math.ceil(looks.length / 10);
  const before = watched(looks[looks.length - 1 - tenth]!);
  return (before - watched(looks.at(-1)!)) / before;
}
