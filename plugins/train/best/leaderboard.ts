import type { z } from 'zod';
import { html, htmlFacts, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { bars, lineChart } from '@trainyard/pages/charts';
import { sayDuration } from '../../../core/index.js';
import { STAGES, type Account } from './account.js';
import type { Chosen } from './candidate.js';
import type { leaderboardFigures } from './contract.js';
import { baseline, type Learner } from './learners/index.js';
import { lossOf, type Metric } from './metrics.js';
import type { Search } from './search.js';
import type { Target } from './target.js';

export interface LeaderboardFacts {
  readonly search: Search;
  readonly metric: Metric;
  readonly chosen: readonly Chosen[];
  /** Of the ensemble. */
  readonly score: number;
  readonly account: Account;
  readonly target: Target;
  readonly left: ReadonlyMap<string, string>;
  readonly refitted: ReadonlyMap<number, unknown> | null;
  readonly folds: number;
  readonly learners: readonly Learner[];
}

/** Candidates named in the figures, and in the table of the page. */
const SHOWN = 50;
/** A gain of less is none to speak of, as a share of what the best candidate gains on the baseline. */
const GAIN = 0.01;

type Figures = z.output<typeof leaderboardFigures>;

/** Findings, each with its evidence and what to try. */
function findingsOf({ search, metric, score, account, target }: LeaderboardFacts): string[] {
  const findings: string[] = [];
  const loss = (value: number): number => lossOf(metric, value);
  const base = search.candidates.find(({ learner }) => learner === baseline.name);
  const { best, candidates } = search;
  const gained = base ? loss(base.score) - loss(best.score) : NaN;
  if (base && !(gained > 0.02 * Math.abs(loss(base.score))))
    findings.push(
      `No candidate is much better than an answer that looks at no feature (${sayFigure(best.score)} and ${sayFigure(base.score)}): the columns may say little of "${target.task.label}".`,
    );
  if (base && gained > 0 && loss(best.score) - loss(score) > GAIN * gained)
    findings.push(
      `The ensemble is better than the best candidate alone: ${sayFigure(score)} and ${sayFigure(best.score)}.`,
    );
  const late = account.budget === undefined ? undefined : candidates.find(({ at }) => at > account.budget! * 0.75);
  const early = candidates.filter(({ at }) => account.budget !== undefined && at <= account.budget * 0.75);
  if (late && early.length > 0) {
    const before = Math.min(...early.map((one) => loss(one.score)));
    if (before - loss(best.score) > GAIN * gained)
      findings.push('The best candidate came in the last quarter of the time: more minutes may give a better one.');
  }
  if (candidates.length < 5)
    findings.push(
      `${candidates.length} candidates were tried on all folds: more minutes, fewer folds or a sample of the rows give a choice.`,
    );
  const perfect = metric.better === 'lower' ? best.score === 0 : best.score === 1;
  if (perfect) findings.push('The score is perfect: look for a column that is known only after the target.');
  if (findings.length === 0) findings.push('Nothing stands out.');
  return findings;
}

/** The page of a search, with its figures. It holds times, so two searches of one record differ in it, and in nothing else. */
export function leaderboard(facts: LeaderboardFacts): { value: Figures; files: Record<string, string> } {
  const { search, metric, chosen, score, account, left, refitted, folds, learners, target } = facts;
  const weights = new Map(chosen.map(({ candidate, weight }) => [candidate.place, weight]));
  const { candidates, tried } = search;
  const ranked = search.ranked;
  const spent = account.spent;
  const value: Figures = {
    metric: metric.name,
    better: metric.better,
    ensemble: score,
    single: search.best.score,
    baseline: candidates.find(({ learner }) => learner === baseline.name)?.score ?? null,
    candidates: ranked.slice(0, SHOWN).map((one) => ({
      candidate: one.place,
      learner: one.learner,
      score: one.score,
      seconds: one.seconds,
      weight: weights.get(one.place) ?? 0,
      params: { ...one.params },
    })),
    tried: { finished: candidates.length, ...tried },
    ended: search.ended,
    time: {
      budget: account.budget ?? null,
      spent: account.seconds,
      stages: STAGES.map((stage) => ({ stage, seconds: spent[stage] ?? 0 })),
    },
    left: [...left].map(([column, why]) => ({ column, why })),
    findings: findingsOf(facts),
  };
  const names = [...new Set(candidates.map(({ learner }) => learner))];
  let lowest = Infinity;
  const course = candidates.flatMap((one): [number, number][] => {
    const loss = lossOf(metric, one.score);
    if (loss >= lowest) return [];
    lowest = loss;
    return [[one.at, one.score]];
  });
  const last = candidates.at(-1)?.at ?? 0;
  if (course.length > 0) course.push([last, course.at(-1)![1]]);
  const shown = candidates.filter(({ learner }) => learner !== baseline.name);
  const body = html`<p class="soft">
      ${target.rows} rows, ${folds} folds, ${target.columns.length} columns; ${metric.title}, ${metric.better} is
      better. ${target.guessed ?? ''}
    </p>
    ${htmlFacts([
      ['the ensemble', score],
      ['the best candidate alone', search.best.score],
      ['the same answer for every row', value.baseline ?? '–'],
      [
        'tried',
        `${candidates.length} on all folds, ${tried.stopped} stopped early, ${tried.failed} failed, ${tried.late} for want of time`,
      ],
      ['ended', `as ${search.ended}`],
      [
        'time',
        `${sayDuration(account.seconds * 1000)}${account.budget === undefined ? '' : ` of ${sayDuration(account.budget * 1000)}`}: ${account.say()}`,
      ],
    ])}
    <h2>Findings</h2>
    <ul>
      ${value.findings.map((finding) => html`<li>${finding}</li>`)}
    </ul>
    <h2>Score by time</h2>
    ${lineChart({
      title: 'Score by time',
      x: 'seconds',
      y: metric.title,
      lines: [
        { name: 'best so far', points: course.filter(([, y]) => y !== value.baseline || shown.length === 0) },
        ...names
          .filter((name) => name !== baseline.name)
          .map((name) => ({
            name,
            scattered: true,
            points: shown.filter(({ learner }) => learner === name).map((one) => [one.at, one.score] as const),
          })),
      ],
    })}
    <h2>Members of the ensemble</h2>
    <p class="soft">
      ${
        refitted
          ? `${refitted.size} of ${chosen.length} were trained again on all rows; of the others the answer is the mean of the models of the folds.`
          : 'Of each the answer is the mean of the models of the folds.'
      }
    </p>
    ${bars(
      'Weights of the members',
      chosen.map(({ candidate, weight }) => ({
        name: `${candidate.learner} ${candidate.place}`,
        size: weight,
        said: `${(weight * 100).toFixed(0)} %`,
      })),
      1,
    )}
    <h2>Candidates</h2>
    ${htmlTable(
      ['candidate', 'learner', metric.name, 'seconds', 'weight', 'parameters'],
      value.candidates.map((one) => [
        one.candidate,
        learners.find(({ name }) => name === one.learner)?.title ?? one.learner,
        one.score,
        one.seconds,
        one.weight,
        Object.entries(one.params)
          .map(([name, given]) => `${name} ${typeof given === 'number' ? sayFigure(given) : String(given)}`)
          .join(', '),
      ]),
    )}
    ${
      left.size === 0
        ? ''
        : html`<h2>Columns that no feature was made of</h2>
            ${htmlTable(
              ['column', 'why'],
              value.left.map(({ column, why }) => [column, why]),
            )}`
    }
    <h2>Time</h2>
    ${htmlTable(
      ['stage', 'seconds'],
      value.time.stages.map(({ stage, seconds }) => [stage, seconds]),
    )}`;
  return {
    value,
    files: {
      'report.html': htmlPage('Leaderboard', body),
      'report.json': `${JSON.stringify({ ...value, candidates: ranked.map(({ kept: _, ...one }) => one) })}\n`,
    },
  };
}
