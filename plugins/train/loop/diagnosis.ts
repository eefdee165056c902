import { sayFigure } from '@trainyard/pages';
import type { Epoch, History } from './history.js';

/** What else is known of a trained net. */
export interface Evidence {
  /** Loss of always answering the shares of the classes, in nats a row. */
  readonly priorLoss: number;
  /** Share of hidden units that are 0 for every training row; none where activations cannot die. */
  readonly deadUnits?: number | undefined;
}

/** Epochs on both ends of a stretch that its trend is taken from. */
const window = (epochs: readonly Epoch[]): number => Math.max(1, Math.min(5, Math.floor(epochs.length / 4)));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * A training in words: findings, each with its evidence and what to try. The rules and their limits:
 * diverged (the loss is no longer a number); learning rate too high (the training loss rises in 4 of 10 epochs, or
 * ends above where it began); overfitting (validation loss above its best by 10 % of that and 2 % of the loss of the
 * classes' shares, while the training loss still fell); not converged (the best epoch is among the last two and the
 * loss fell by over 1 % in the last tenth);
 * underfitting (no 10 % better than the shares of the classes); dead units (a fifth or more).
 */
export function diagnose({ epochs, bestEpoch, stop }: History, evidence: Evidence): string[] {
  const findings: string[] = [];
  const first = epochs[0];
  const last = epochs.at(-1);
  const best = epochs[bestEpoch - 1];
  if (!first || !last || !best) return findings;

  if (stop.kind === 'diverged')
    findings.push(
      `Diverged in epoch ${stop.epoch}: the loss was no longer a number; epoch ${bestEpoch} was kept. Lower the learning rate.`,
    );

  const rises = epochs.filter((epoch, i) => i > 0 && epoch.trainLoss > epochs[i - 1]!.trainLoss).length;
  const grew = last.trainLoss > first.trainLoss;
  if (epochs.length >= 5 && (grew || rises >= 0.4 * (epochs.length - 1)))
    findings.push(
      `The learning rate may be too high: the training loss rose in ${rises} of ${epochs.length - 1} epochs${grew ? `, and ended at ${sayFigure(last.trainLoss)} above its start of ${sayFigure(first.trainLoss)}` : ''}. Try a third of it, or larger batches.`,
    );

  const overfit = isOverfit(epochs, bestEpoch, evidence.priorLoss);
  if (overfit)
    findings.push(
      `Overfitting from epoch ${bestEpoch + 1}: the validation loss rose from ${sayFigure(best.validation!.loss)} to ${sayFigure(last.validation!.loss)} while the training loss fell from ${sayFigure(best.trainLoss)} to ${sayFigure(last.trainLoss)}. The model has the weights of epoch ${bestEpoch}; dropout, l2, fewer units or more data may help.`,
    );

  const fall = fallAtTheEnd(epochs);
  if (stop.kind === 'epochs' && bestEpoch >= epochs.length - 1 && fall > 0.01)
    findings.push(
      `Not converged: in the last tenth of the epochs the loss still fell by ${(fall * 100).toFixed(1)} %. More epochs or a higher learning rate may help.`,
    );

  const loss = (best.validation ?? { loss: best.trainLoss }).loss;
  if (loss > 0.9 * evidence.priorLoss)
    findings.push(
      `Underfitting: the loss of ${sayFigure(loss)} is hardly below ${sayFigure(evidence.priorLoss)}, which answering the shares of the classes gives. More units or epochs, less dropout or l2, or better features may help.`,
    );

  if ((evidence.deadUnits ?? 0) >= 0.2)
    findings.push(
      `${Math.round(evidence.deadUnits! * 100)} % of the hidden units are 0 for every training row. A lower learning rate or another activation may help.`,
    );

  return findings.length > 0 ? findings : ['Nothing stands out: the loss fell and settled.'];
}

function isOverfit(epochs: readonly Epoch[], bestEpoch: number, priorLoss: number): boolean {
  const best = epochs[bestEpoch - 1]!;
  const size = window(epochs);
  const tail = epochs.slice(Math.max(bestEpoch, epochs.length - size));
  if (tail.length === 0 || !best.validation) return false;
  const validation = mean(tail.map((epoch) => epoch.validation?.loss ?? NaN));
  const rise = validation - best.validation.loss;
  const rose = rise > 0.1 * best.validation.loss && rise > 0.02 * priorLoss;
  return rose && mean(tail.map((epoch) => epoch.trainLoss)) < best.trainLoss;
}

/** Share by which the watched loss fell over the last tenth of the epochs. */
function fallAtTheEnd(epochs: readonly Epoch[]): number {
  if (epochs.length < 10) return 0;
  const watched = (epoch: Epoch): number => epoch.validation?.loss ?? epoch.trainLoss;
  const tenth = Math.ceil(epochs.length / 10);
  const before = watched(epochs[epochs.length - 1 - tenth]!);
  return (before - watched(epochs.at(-1)!)) / before;
}
