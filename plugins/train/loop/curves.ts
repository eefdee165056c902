import type { z } from 'zod';
import { html, htmlPage, htmlTable } from '@trainyard/pages';
import { lineChart } from '@trainyard/pages/charts';
import type { curvesFigures } from '../contract.js';
import { diagnose, type Evidence } from './diagnosis.js';
import { sayLook, sayStop, type History, type Look } from './history.js';

/** What is watched, for people. */
export interface Watched {
  /** Unit of the loss, such as `nats a row`. */
  readonly loss: string;
  /** Figures of validation that are drawn: their names there, and in words. */
  readonly figures: readonly (readonly [name: string, title: string])[];
}

/** A report of a training: its curves, figures and diagnosis. It holds no times, so that equal trainings give equal bytes. */
export function curvesReport(
  history: History,
  evidence: Evidence,
  watched: Watched,
  about: string,
): { value: z.output<typeof curvesFigures>; files: Record<string, string> } {
  const { looks, stop } = history;
  const best = looks[history.best - 1]!;
  const diagnosis = diagnose(history, evidence);
  const epochs = looks.at(-1)!.epoch;
  const value = {
    epochs,
    bestEpoch: best.epoch,
    stopped: sayStop(stop),
    trainLoss: best.trainLoss,
    validationLoss: best.validation?.loss ?? null,
    diagnosis,
  };
  // A look within an epoch stands between it and the one before, by its share of the steps.
  const most = Math.max(1, ...looks.map(({ step }) => (step ?? 0) + 1));
  const at = ({ epoch, step }: Look): number => (step === undefined ? epoch : epoch - 1 + step / most);
  const validated = best.validation !== undefined;
  const line = (name: string, of: (look: Look) => number | undefined) => ({
    name,
    points: looks.map((look) => [at(look), of(look) ?? NaN] as const),
  });
  const mark = { x: at(best), name: `best: ${sayLook(best)}` };
  const rates = looks.map(({ learningRate }) => learningRate ?? NaN);
  const body = html`<p class="soft">${about}</p>
    <p>Training ended after ${epochs} epochs, as ${sayStop(stop)}. The model has the weights of ${sayLook(best)}.</p>
    <h2>Diagnosis</h2>
    <ul>
      ${diagnosis.map((finding) => html`<li>${finding}</li>`)}
    </ul>
    <h2>Loss</h2>
    ${lineChart({
      title: 'Loss by epoch',
      x: 'epoch',
      y: watched.loss,
      yRange: [0, Math.max(...looks.flatMap((e) => [e.trainLoss, e.validation?.loss ?? 0]))],
      mark,
      lines: [
        line('training', (e) => e.trainLoss),
        ...(validated ? [line('validation', (e) => e.validation?.loss)] : []),
      ],
    })}
    ${
      validated && watched.figures.length > 0
        ? html`<h2>Validation</h2>
            ${lineChart({
              title: 'Validation figures by epoch',
              x: 'epoch',
              y: 'share',
              mark,
              lines: watched.figures.map(([name, title]) => line(title, (e) => e.validation?.[name])),
            })}`
        : ''
    }
    ${
      rates.some((rate) => rate !== rates[0] && !Number.isNaN(rate))
        ? html`<h2>Learning rate</h2>
            ${lineChart({
              title: 'Learning rate by epoch',
              x: 'epoch',
              y: 'rate',
              yRange: [0, Math.max(...rates)],
              mark,
              lines: [line('learning rate', (e) => e.learningRate)],
            })}`
        : ''
    }
    <h2>Epochs</h2>
    ${htmlTable(
      ['epoch', 'training loss', 'validation loss', ...watched.figures.map(([, title]) => title), 'learning rate'],
      looks.map((look) => [
        look.step === undefined ? look.epoch : sayLook(look),
        look.trainLoss,
        look.validation?.loss ?? null,
        ...watched.figures.map(([name]) => look.validation?.[name] ?? null),
        look.learningRate ?? null,
      ]),
    )}`;
  return {
    value,
    files: {
      'report.html': htmlPage('Learning curves', body),
      'report.json': `${JSON.stringify({ ...value, curves: looks })}\n`,
    },
  };
}
