import type { z } from 'zod';
import { sayNearest, UserError } from '@trainyard/errors';
import {
  comparePaired,
  findFigure,
  shortName,
  valueOn,
  type Draws,
  type Figure,
  type Sample,
  type TaskFigures,
} from '@trainyard/metrics';
import type { Answers } from './answers.js';
import type { challengeVerdict } from './contract.js';

export type Comparison = z.output<typeof challengeVerdict>['sets'][number];

export interface CompareOptions extends Draws {
  readonly figure: Figure;
  readonly alpha: number;
  /** In units of the figure; by default a share of what is usual for it. */
  readonly margin?: number | undefined;
}

/** Margin of figures that lie on a scale of their own, and as a share of the champion's figure where it has the label's unit. */
const USUAL_MARGIN = 0.02;

/** Figures that models are compared by: those that have an interval of their own. */
export function comparedFigures({ figures }: TaskFigures): Figure[] {
  return figures.filter(({ interval }) => interval !== undefined && interval !== 'shared');
}

/** The figure of this name, or the first that stands for models of the task. Throws a UserError for one that judges no model. */
export function decidingFigure(task: TaskFigures, name: string = task.headlines[0]!): Figure {
  const figure = findFigure(task, name);
  if (figure && figure.better !== 'neither') return figure;
  const names = task.figures.filter(({ better }) => better !== 'neither').map((one) => shortName(one.name));
  throw new UserError(
    figure
      ? `${name} describes a model and judges none: neither a larger nor a smaller one is better`
      : `models for ${task.type} have no figure "${name}"; ${sayNearest(name, names)}`,
    { where: { field: 'metric' }, expected: names.join(', ') },
  );
}

/** Compares the first model, the challenger, with the second, the champion, if there is one, unit by unit. */
export function compare(rows: Comparison['rows'], answers: Answers, options: CompareOptions): Comparison {
  const { task } = answers;
  const [challenger, champion] = answers.samples as [Sample, Sample | undefined];
  const base = { rows, n: answers.rows, challenger: figuresOn(task, challenger, options.figure) };
  if (!champion) {
    const nothing = { difference: null, interval: null, onlyChallenger: null, onlyChampion: null, p: null };
    return { ...base, champion: null, ...nothing, margin: null };
  }
  const { figure } = options;
  const stream = rows === 'fresh' ? 1 : 2;
  const { difference, interval, mcnemar } = comparePaired(task, figure, [challenger, champion], { ...options, stream });
  if (difference === null || interval === null)
    throw new UserError(`the models cannot be compared by ${figure.title}: it is not defined on these rows`, {
      where: { port: rows, field: 'metric' },
      remedy: 'name another figure, or bring rows on which it is defined',
    });
  const usual = figure.inUnits ? USUAL_MARGIN * Math.abs(valueOn(figure, champion)!) : USUAL_MARGIN;
  return {
    ...base,
    champion: figuresOn(task, champion, options.figure),
    difference,
    interval: [interval[0], interval[1]],
    margin: options.margin ?? usual,
    onlyChallenger: mcnemar?.onlyFirst ?? null,
    onlyChampion: mcnemar?.onlySecond ?? null,
    p: mcnemar?.p ?? null,
  };
}

function figuresOn(task: TaskFigures, sample: Sample, deciding: Figure): Record<string, number | null> {
  const figures = comparedFigures(task);
  return Object.fromEntries(
    (figures.includes(deciding) ? figures : [...figures, deciding]).map(
      (figure) => [shortName(figure.name), valueOn(figure, sample)] as const,
    ),
  );
}
