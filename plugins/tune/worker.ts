import { implement } from '../../worker/implement.js';
import { UserError } from '../../core/errors/index.js';
import type { StudyState, StudyTrial } from '../../core/study.js';
import { html, htmlPage, htmlTable, lineChart, sayFigure } from '../../report-page/index.js';
import { tuneReport } from './contract.js';

export const tuneReportNode = implement(tuneReport, ({ inputs }) => {
  const study = inputs.study.value;
  const best = study.trials.find(({ number }) => number === study.best);
  if (!best?.values) throw new UserError('the study has no trial that succeeded', { where: { node: 'tune.report' } });
  const values = Object.fromEntries(study.objectives.map(({ name }, i) => [name, best.values?.[i] ?? 0]));
  const figures = {
    best: best.values[0] ?? 0,
    values,
    trial: best.number,
    trials: study.trials.length,
    failed: study.counts.failed,
    pruned: study.counts.pruned,
    params: best.params,
    optimism: study.optimism,
  };
  return {
    value: figures,
    files: { 'report.html': page(study, best), 'report.json': JSON.stringify(study) },
  };
});

function page(study: StudyState, best: StudyTrial): string {
  const [first] = study.objectives;
  const objective = first?.at ?? '';
  const complete = study.trials.filter((trial) => trial.state === 'complete');
  const value = (trial: StudyTrial): number => trial.values?.[0] ?? Number.NaN;
  const bigger = first?.direction !== 'minimize';
  let record = bigger ? -Infinity : Infinity;
  const records = complete.map((trial): [number, number] => [
    trial.number,
    (record = bigger ? Math.max(record, value(trial)) : Math.min(record, value(trial))),
  ]);
  const names = [...new Set(study.trials.flatMap((trial) => Object.keys(trial.params)))].sort();
  const say = (cell: unknown): string | number =>
    typeof cell === 'number' ? cell : cell === undefined ? '–' : String(cell);
  return htmlPage(
    'Study',
    html`<p class="soft">
        ${study.trials.length} trials for ${study.objectives.map(({ at }) => at).join(', ')}; the best is trial
        ${best.number} with ${study.objectives.map((_, i) => sayFigure(best.values?.[i] ?? Number.NaN)).join(', ')}:
        ${study.choice}. It ended as ${study.ended ?? 'it had to'}.
      </p>
      <p>${sayOptimism(study)}</p>
      ${lineChart({
        title: 'Best so far',
        x: 'trial',
        y: objective,
        lines: [
          { name: 'each trial', points: complete.map((trial) => [trial.number, value(trial)]) },
          { name: 'best so far', points: records },
        ],
        dots: true,
      })}
      <h2>Trials</h2>
      ${htmlTable(
        ['trial', 'state', ...study.objectives.map(({ name }) => name), ...names, 'suggested by', 'why'],
        study.trials.map((trial) => [
          trial.number,
          trial.state,
          ...study.objectives.map((_, i) => say(trial.values?.[i])),
          ...names.map((name) => say(trial.params[name])),
          trial.by,
          trial.reason ?? '',
        ]),
      )}`,
  );
}

function sayOptimism({ optimism }: StudyState): string {
  const general = 'The best of many is on validation data, and partly luck: on new data expect less.';
  if (!optimism) return general;
  return `${general} About ${sayFigure(optimism.amount)} of it is likely luck, so expect ${sayFigure(optimism.expected)} (${optimism.method}).`;
}
