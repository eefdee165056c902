import { implement } from '../../worker/implement.js';
import { UserError } from '../../core/errors/index.js';
import type { NestedEstimate } from '../../core/study.js';
import type { TuneFigures } from '../../core/tune-figures.js';
import { tuneReport } from './contract.js';
import { studyPage } from './page.js';

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
    nested: nestedOf(study.nested),
  };
  return {
    value: figures,
    files: { 'report.html': studyPage(study), 'report.json': JSON.stringify(study) },
  };
});

function nestedOf(nested: NestedEstimate | null): TuneFigures['nested'] {
  if (!nested || nested.value === null || nested.spread === null) return null;
  return { value: nested.value, spread: nested.spread, folds: nested.of };
}
