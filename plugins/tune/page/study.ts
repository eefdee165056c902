import { html, trusted, type Html } from '@trainyard/pages';
import type { StudyState } from '../../../client/index.js';
import { sayDuration, sayLeft } from '../../../core/index.js';
import {
  bestTrial,
  sayNested,
  sayParams,
  sayValue,
  sayValues,
  studyFraction,
  studyLeftMs,
  type StudyPlot,
} from '../../../core/study/index.js';
import { moment } from '../../../activities/processes/index.js';
import { studyActions } from './steering.js';

/** What is drawn of a study. */
export interface StudyDrawings {
  /** The curve, values on the way, the front. */
  readonly live: readonly StudyPlot[];
  /** Importance, parallel coordinates, slices. */
  readonly reading: readonly StudyPlot[];
}

/** A study in figures and drawings: how far it is, what is best so far, what mattered. */
export function studySection(
  state: StudyState,
  drawings: StudyDrawings,
  { now, canAct }: { readonly now: number; readonly canAct: boolean },
): Html {
  const slices = drawings.reading.filter(({ name }) => name.startsWith('slice-'));
  const read = drawings.reading.filter((one) => !slices.includes(one));
  return html`${progress(state, now)} ${facts(state)} ${notes(state)} ${studyActions(state, canAct)}
  ${drawings.live.length === 0 ? html`<p class="quiet">No trial is complete yet.</p>` : figures([...drawings.live, ...read])}
  ${
    slices.length > 0 &&
    html`<details id="slices">
      <summary>Each parameter by itself</summary>
      ${figures(slices)}
    </details>`
  }`;
}

function progress(state: StudyState, now: number): Html | false {
  const fraction = studyFraction(state);
  if (state.endedAt !== undefined || fraction === undefined) return false;
  const left = sayLeft(studyLeftMs(state, now));
  return html`<div class="study-progress">
    <progress max="1" value="${fraction}" aria-label="progress of the study"></progress>
    <span class="small quiet">${left}</span>
  </div>`;
}

function facts(state: StudyState): Html {
  const { budget, spent, counts, constraints, front, optimism } = state;
  const best = bestTrial(state);
  const ended = counts.complete + counts.pruned + counts.failed;
  const counted = (['running', 'pruned', 'failed', 'found'] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `${counts[name]} ${name}`);
  const said: [string, string | Html | undefined][] = [
    ['Study', state.ended === null || state.status !== 'done' ? state.status : `done: ${state.ended}`],
    ['Trials', [`${ended}${budget.trials === undefined ? '' : ` of ${budget.trials}`}`, ...counted].join(', ')],
    ...state.objectives.map(({ name, direction }): [string, string] => [
      direction === 'minimize' ? 'Minimizes' : 'Maximizes',
      name,
    ]),
    [
      'Best',
      best && html`<strong>${sayValues(best)}</strong> by <a href="#trial-${best.number}">trial ${best.number}</a>`,
    ],
    ['With', best && html`<code>${sayParams(best.params)}</code>`],
    ['Chosen', state.objectives.length > 1 || constraints.length > 0 ? state.choice : undefined],
    ['Front', front.length > 1 ? `${front.length} trials that none beats in all` : undefined],
    ...constraints.map(({ name, expected }): [string, string] => [`Limit ${name}`, expected]),
    [
      'Expect on new data',
      optimism && optimism.amount > 0 ? `${sayValue(optimism.expected)} (${optimism.method})` : undefined,
    ],
    ['Nested estimate', state.nested === null ? undefined : sayNested(state.nested)],
    ['Sampler', state.sampler],
    ['Pruner', state.pruner === 'none' ? undefined : state.pruner],
    ['At once', String(state.parallel)],
    ['Time', budget.timeMs === undefined ? undefined : `${sayDuration(spent.timeMs)} of ${sayDuration(budget.timeMs)}`],
    ['Cost', budget.cost === undefined ? undefined : `${sayValue(spent.cost)} of ${sayValue(budget.cost)}`],
  ];
  return html`<dl class="facts">
    ${said.map(
      ([name, value]) =>
        value !== undefined &&
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** What the sampler decided, and what people changed, newest first. */
function notes({ notes: told, changes }: StudyState): Html | false {
  if (told.length + changes.length === 0) return false;
  return html`<details id="study-notes" class="small">
    <summary>${told.length + changes.length === 1 ? 'A note' : `${told.length + changes.length} notes`}</summary>
    <ul class="plain">
      ${changes
        .toReversed()
        .map(({ at, by, what, why }) => html`<li>${moment(at)} ${by}: ${what}${why !== '' && ` (${why})`}</li>`)}
      ${told.toReversed().map(({ trial, text }) => html`<li>before trial ${trial}: ${text}</li>`)}
    </ul>
  </details>`;
}

function figures(plots: readonly StudyPlot[]): Html {
  return html`<div class="study-plots">
    ${plots.map(
      ({ title, svg, note }) =>
        html`<figure class="drawing" role="group" aria-label="${title}">
          <div class="wide" tabindex="0">${trusted(svg)}</div>
          ${note !== undefined && html`<figcaption class="small quiet">${note}</figcaption>`}
        </figure>`,
    )}
  </div>`;
}
