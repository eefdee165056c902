import type { StudyState, StudyTrial } from './state.js';

/** Whether a trial is complete and keeps all limits. */
export function isFit({ state, constraints = [] }: StudyTrial): boolean {
  return state === 'complete' && constraints.every((excess) => excess <= 0);
}

/** The first objective's best value of trials that keep all limits, after each complete trial. */
export function bestSoFar({ objectives, trials }: StudyState): { trial: number; value: number; best: number | null }[] {
  const sign = objectives[0]?.direction === 'minimize' ? -1 : 1;
  let best: number | null = null;
  return trials.flatMap((trial) => {
    const value = trial.values?.[0];
    if (trial.state !== 'complete' || value === undefined) return [];
    if (isFit(trial) && (best === null || sign * value > sign * best)) best = value;
    return [{ trial: trial.number, value, best }];
  });
}

const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as a line of bars, the last of each stretch where they are more than `most`. */
export function sparkline(values: readonly number[], most = 60): string {
  const width = Math.min(most, values.length);
  const shown = Array.from(
    { length: width },
    (_, i) => values[Math.ceil(((i + 1) * values.length) / width) - 1] as number,
  );
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown.map((value) => BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))]).join('');
}
