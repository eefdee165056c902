import { implement } from '../../worker/implement.js';
import { Study, type StudyJson, type Trial } from 'ml-hyperparameter';
import { UserError } from '../../core/errors/index.js';
import { html, htmlPage, htmlTable, lineChart, sayFigure } from '../../report-page/index.js';
import { tuneReport } from './contract.js';

export const tuneReportNode = implement(tuneReport, ({ params }) => {
  const study = Study.fromJSON(params.study as unknown as StudyJson);
  const { best } = study;
  if (!best) throw new UserError('the study has no trial that succeeded', { where: { node: 'tune.report' } });
  const failed = study.trials.filter((trial) => trial.state === 'failed').length;
  const value = best.values?.[0] ?? Number.NaN;
  const figures = {
    best: value,
    trial: best.number,
    trials: study.trials.length,
    failed,
    params: best.params as Record<string, unknown>,
  };
  return {
    value: figures,
    files: {
      'report.html': page(study, params.objective, best),
      'report.json': JSON.stringify({ ...figures, objective: params.objective, study: params.study }),
    },
  };
});

function page(study: Study, objective: string, best: Trial): string {
  const complete = study.trials.filter((trial) => trial.state === 'complete');
  const value = (trial: Trial): number => trial.values?.[0] ?? Number.NaN;
  const bigger = study.objectives[0]?.direction !== 'minimize';
  let record = bigger ? -Infinity : Infinity;
  const records = complete.map((trial): [number, number] => [
    trial.number,
    (record = bigger ? Math.max(record, value(trial)) : Math.min(record, value(trial))),
  ]);
  const names = [...new Set(study.trials.flatMap((trial) => Object.keys(trial.params as object)))].sort();
  const say = (cell: unknown): string | number =>
    typeof cell === 'number' ? cell : cell === undefined ? '–' : String(cell);
  return htmlPage(
    'Study',
    html`<p class="soft">
        ${study.trials.length} trials for ${objective}; the best is trial ${best.number} with ${sayFigure(value(best))},
        on validation data: on new data expect less.
      </p>
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
        ['trial', 'state', objective, ...names, 'suggested by'],
        study.trials.map((trial) => [
          trial.number,
          trial.state,
          trial.state === 'complete' ? value(trial) : '–',
          ...names.map((name) => say((trial.params as Record<string, unknown>)[name])),
          trial.by,
        ]),
      )}`,
  );
}
