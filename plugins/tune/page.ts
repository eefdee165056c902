import {
  bestTrial,
  livePlots,
  readableStudy,
  readingPlots,
  sayNested,
  sayParams,
  sayValue,
  sayValues,
  type StudyPlot,
  type StudyState,
} from '../../core/study/index.js';
import { html, htmlDrawing, htmlFacts, htmlPage, htmlTable, sayFigure, type Html } from '@trainyard/pages';

/** A study that is over, as a page for people. */
export function studyPage(state: StudyState): string {
  const study = readableStudy(state);
  const reading = readingPlots(study);
  return htmlPage(
    `Study of ${state.target}`,
    html`${facts(state)}
      <p>${sayOptimism(state)}</p>
      ${state.nested !== null && html`<p>Nested estimate: ${sayNested(state.nested)}.</p>`}
      ${drawings(livePlots(study))}
      ${
        reading.length > 0 &&
        html`<h2>What mattered</h2>
          ${drawings(reading)}`
      }
      <h2>Trials</h2>
      ${trials(state)}`,
  );
}

function facts(state: StudyState): Html {
  const { objectives, constraints, counts, budget, changes } = state;
  const best = bestTrial(state);
  const said: [string, string | undefined][] = [
    ['searched', objectives.map(({ at, direction }) => `${direction} ${at}`).join(', ')],
    ['best', best && `${sayValues(best)}, trial ${best.number}: ${sayParams(best.params)}`],
    ['chosen', state.choice],
    [
      'trials',
      `${state.trials.length}${budget.trials === undefined ? '' : ` of ${budget.trials}`}: ${counts.complete} complete, ${counts.pruned} pruned, ${counts.failed} failed`,
    ],
    ['ended', state.ended ?? undefined],
    ['sampler', state.sampler],
    ['pruner', state.pruner],
    ...constraints.map(({ name, at, expected }): [string, string] => [`limit ${name}`, `${at} ${expected}`]),
    ...changes.map(({ by, what, why }): [string, string] => [
      `changed by ${by}`,
      `${what}${why === '' ? '' : ` (${why})`}`,
    ]),
  ];
  return htmlFacts(said.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function sayOptimism({ optimism }: StudyState): string {
  const general = 'The best of many is on validation data, and partly luck: on new data expect less.';
  if (!optimism) return general;
  return `${general} About ${sayFigure(optimism.amount)} of it is likely luck, so expect ${sayFigure(optimism.expected)} (${optimism.method}).`;
}

function drawings(plots: readonly StudyPlot[]): Html {
  return html`<div class="drawings">
    ${plots.map(({ svg, note }) => [htmlDrawing(svg), note !== undefined && html`<p class="soft">${note}</p>`])}
  </div>`;
}

function trials({ objectives, trials: all, constraints }: StudyState): Html {
  const params = [...new Set(all.flatMap((trial) => Object.keys(trial.params)))];
  const cell = (value: unknown): string | number | null =>
    typeof value === 'number' ? value : value === undefined || value === null ? null : String(value);
  const reported = all.some(({ reports }) => reports.length > 0);
  return htmlTable(
    [
      'trial',
      'state',
      ...objectives.map(({ name }) => name),
      ...(reported ? ['reached'] : []),
      ...constraints.map(({ name }) => name),
      ...params,
      'suggested by',
      'why',
    ],
    all.map(({ number, state, values, reports, constraints: excess, params: of, by, reason }) => {
      const last = reports.at(-1);
      return [
        number,
        state,
        ...objectives.map((_, i) => cell(values?.[i])),
        ...(reported ? [last ? `${sayValue(last[1])} at ${last[0]}` : ''] : []),
        ...constraints.map((_, i) => ((excess?.[i] ?? 0) <= 0 ? 'kept' : `over by ${sayValue(excess?.[i])}`)),
        ...params.map((name) => cell(of[name])),
        by,
        reason ?? '',
      ];
    }),
  );
}
