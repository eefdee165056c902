import { curvesSvg, frontSvg, historySvg, importanceSvg, parallelSvg, sliceSvg, Study } from 'ml-hyperparameter';
import type { StudyState } from './state.js';
import { libraryTrial } from './trial.js';

/** A drawing of a study. */
export interface StudyPlot {
  readonly name: string;
  readonly title: string;
  readonly svg: string;
  /** What to know when reading it. */
  readonly note?: string;
}

/** The library's study of these trials, for reading: it suggests nothing. */
export function readableStudy({ space, objectives, parallel, trials }: StudyState): Study {
  return Study.fromJSON({
    format: 'ml-hyperparameter/study',
    version: 1,
    space,
    restrictions: [],
    objectives: objectives.map(({ name, direction }) => ({ name, direction })),
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    seed: 0,
    parallel,
    giveUpAfter: 1,
    queue: [],
    past: [],
    trials: trials.map(libraryTrial),
    notes: [],
  });
}

/** Parameters of which slices are drawn. */
const MOST_SLICES = 8;
/** Complete trials of which each parameter is drawn by itself: a page of more is megabytes. */
const MOST_DRAWN = 1000;
/** Complete trials from which importance is read: its time grows faster than their number. */
const MOST_READ = 100;
/** Complete trials from which on something can be read from a forest of trees. */
const LEAST_TO_READ = 4;

/** The drawings that follow a study while it runs: values by trial, and what trials reported on their way. */
export function livePlots(study: Study): StudyPlot[] {
  const complete = study.trials.filter(({ state }) => state === 'complete');
  return [
    ...(complete.length === 0 ? [] : [{ name: 'history', title: 'Best so far', svg: historySvg(study) }]),
    ...(study.trials.some(({ reports }) => reports.length > 0)
      ? [{ name: 'curves', title: 'Values on the way', svg: curvesSvg(study) }]
      : []),
    ...(study.objectives.length > 1 && complete.length > 0
      ? [{ name: 'front', title: 'Pareto front', svg: frontSvg(study) }]
      : []),
  ];
}

/** The drawings that read a study: what mattered, which combinations did well, each parameter by itself. */
export function readingPlots(study: Study): StudyPlot[] {
  const complete = study.trials.filter(({ state }) => state === 'complete');
  if (complete.length < LEAST_TO_READ) return [];
  const known = [...new Set(study.domain.dimensions.map(({ name }) => name))];
  return [
    ...(known.length > 1
      ? [
          {
            name: 'importance',
            title: 'Importance of parameters',
            svg: importanceSvg(sampleOf(study)),
            ...(complete.length > MOST_READ
              ? {
                  note: `Importance is read from ${MOST_READ} of the ${complete.length} complete trials, evenly drawn.`,
                }
              : {}),
          },
          { name: 'parallel', title: 'Parallel coordinates', svg: parallelSvg(study) },
        ]
      : []),
    ...(complete.length > MOST_DRAWN ? [] : known.slice(0, MOST_SLICES)).map((name) => ({
      name: `slice-${name}`,
      title: `Slice: ${name}`,
      svg: sliceSvg(study, name),
    })),
  ];
}

/** A study of so many complete trials as importance is read from, evenly drawn from all. */
function sampleOf(study: Study): Study {
  const complete = study.trials.filter(({ state }) => state === 'complete');
  if (complete.length <= MOST_READ) return study;
  const drawn = complete.filter(
    (_, i) => Math.floor((i * MOST_READ) / complete.length) !== Math.floor(((i - 1) * MOST_READ) / complete.length),
  );
  return Study.fromJSON({ ...study.toJSON(), trials: drawn.map((trial, number) => ({ ...trial, number })) });
}
