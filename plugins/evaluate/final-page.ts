import { shortName, type MeasuredFigures, type TaskFigures } from '@trainyard/metrics';
import type { ModelCard } from '../../models/index.js';
import { html, htmlPage, htmlTable, sayFigure, type Html } from '@trainyard/pages';
import type { AnyFinalFigures } from './contract.js';
import { between } from './sections/index.js';
import { sliceFigures, type Slice } from './slices.js';

export interface FinalPage {
  readonly card: ModelCard;
  readonly task: TaskFigures;
  /** How often the test set was opened, in words. */
  readonly openings: string;
  readonly value: AnyFinalFigures;
  readonly measured: MeasuredFigures;
  /** By short name. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  readonly slices: readonly Slice[];
  /** What the task itself has to show. */
  readonly sections: Html;
}

/** The report of a final evaluation, for people. */
export function finalPage({ card, task, openings, value, measured, intervals, slices, sections }: FinalPage): string {
  const label = task.label(card.task);
  const unit = 'unit' in card.task && card.task.unit !== undefined ? `, in ${card.task.unit}` : '';
  const bySlice = sliceFigures({ task });
  const body = html`<p class="soft">
      A model of the kind ${card.kind}: ${card.task.type} of ${label}${unit}, measured on ${value.n} sealed test rows.
      ${openings}
    </p>
    <h2>Figures</h2>
    ${htmlTable(
      ['figure', 'value', '95 % interval', 'better'],
      task.figures.map(({ name, title, better }) => [
        title,
        measured[name] ?? 'not defined',
        between(intervals[shortName(name)]),
        better === 'neither' ? '' : better,
      ]),
    )}
    <p class="soft">
      Intervals: Wilson's for shares of right answers, seeded bootstrap of the ${task.group ? 'groups' : 'rows'} for the
      others.
    </p>
    ${sections}
    ${
      slices.length === 0
        ? undefined
        : html`<h2>Slices</h2>
            <p>The worst ${bySlice[0]!.title} first. Small slices have wide intervals.</p>
            ${htmlTable(
              [
                'column',
                'value',
                'rows',
                bySlice[0]!.title,
                '95 % interval',
                ...bySlice.slice(1).map(({ title }) => title),
              ],
              slices.map(({ column, value: name, n, figures, interval }) => {
                const [first = null, ...more] = bySlice.map((figure) => figures[shortName(figure.name)] ?? null);
                return [column, name, n, first, between(interval), ...more.map((one) => sayFigure(one))];
              }),
            )}`
    }
    <h2>Model</h2>
    ${htmlTable(
      ['input', 'type', 'values seen in training'],
      card.inputs.map((input) => [input.name, input.type, input.categories?.join(', ') ?? '']),
    )}`;
  return htmlPage('Final evaluation', body);
}
