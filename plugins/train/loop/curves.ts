import type { z } from 'zod';
import { html, htmlPage, htmlTable, lineChart } from '@trainyard/pages';
import type { curvesFigures } from '../contract.js';
import { diagnose, type Evidence } from './diagnosis.js';
import { sayStop, type History } from './history.js';

/** A report of a training: its curves, figures and diagnosis. It holds no times, so that equal trainings give equal bytes. */
export function curvesReport(
  history: History,
  evidence: Evidence,
  about: string,
): { value: z.output<typeof curvesFigures>; files: Record<string, string> } {
  const { epochs, bestEpoch, stop } = history;
  const best = epochs[bestEpoch - 1];
  const diagnosis = diagnose(history, evidence);
  const value = {
    epochs: epochs.length,
    bestEpoch,
    stopped: sayStop(stop),
    trainLoss: best?.trainLoss ?? null,
    validationLoss: best?.validation?.loss ?? null,
    diagnosis,
  };
  const validated = best?.validation !== undefined;
  const line = (name: string, of: (epoch: (typeof epochs)[number]) => number | undefined) => ({
    name,
    points: epochs.map((epoch) => [epoch.epoch, of(epoch) ?? NaN] as const),
  });
  const mark = { x: bestEpoch, name: `best: epoch ${bestEpoch}` };
  const body = html`<p class="soft">${about}</p>
    <p>
      Training ended after ${epochs.length} epochs, as ${sayStop(stop)}. The model has the weights of epoch
      ${bestEpoch}.
    </p>
    <h2>Diagnosis</h2>
    <ul>
      ${diagnosis.map((finding) => html`<li>${finding}</li>`)}
    </ul>
    <h2>Loss</h2>
    ${lineChart({
      title: 'Loss by epoch',
      x: 'epoch',
      y: 'nats a row',
      yRange: [0, Math.max(...epochs.flatMap((e) => [e.trainLoss, e.validation?.loss ?? 0]))],
      mark,
      lines: [
        line('training', (e) => e.trainLoss),
        ...(validated ? [line('validation', (e) => e.validation?.loss)] : []),
      ],
    })}
    ${
      validated
        ? html`<h2>Validation</h2>
            ${lineChart({
              title: 'Validation figures by epoch',
              x: 'epoch',
              y: 'share',
              mark,
              lines: [line('accuracy', (e) => e.validation?.accuracy), line('F1, macro', (e) => e.validation?.f1Macro)],
            })}`
        : ''
    }
    <h2>Epochs</h2>
    ${htmlTable(
      ['epoch', 'training loss', 'validation loss', 'accuracy', 'F1, macro'],
      epochs.map(({ epoch, trainLoss, validation: v }) => [
        epoch,
        trainLoss,
        v?.loss ?? null,
        v?.accuracy ?? null,
        v?.f1Macro ?? null,
      ]),
    )}`;
  return {
    value,
    files: {
      'report.html': htmlPage('Learning curves', body),
      'report.json': `${JSON.stringify({ ...value, curves: epochs })}\n`,
    },
  };
}
