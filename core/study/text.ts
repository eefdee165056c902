import { sayDuration, sayLeft } from '../duration.js';
import type { StudyState, StudyTrial } from './state.js';
import { bestSoFar, sparkline } from './series.js';
import { sayParams, sayValue, sayValues, studyLeftMs, studyParts } from './words.js';

/** Rows shown at most: the Temporal UI draws this text as it is. */
const MOST_ROWS = 40;
/** Characters of the parameters of a trial. */
const MOST_PARAMS = 80;

/** How far a study is, or how it ended, in one line. */
export function studySentence(state: StudyState, now: number): string {
  const left = sayLeft(studyLeftMs(state, now));
  return [...studyParts(state).map(({ texts }) => texts[0] ?? ''), ...(left === undefined ? [] : [left])].join(', ');
}

/** The curve of a study and its trials as a text table: the best first, then the newest. */
export function studyText(state: StudyState, now: number): string {
  const curve = bestSoFar(state).flatMap(({ best }) => best ?? []);
  const ends = `${sayValue(curve[0])} → ${sayValue(curve.at(-1))}`;
  return [
    ...(curve.length === 0 ? [] : [`best ${state.objectives[0]?.name ?? ''} so far  ${sparkline(curve)}  ${ends}`, '']),
    trialTable(state, now),
    ...(state.ended === null ? [] : ['', state.ended]),
  ].join('\n');
}

function trialTable(state: StudyState, now: number): string {
  const shown = new Set(
    [
      ...(state.best === null ? [] : [state.best]),
      ...state.front,
      ...state.trials.map(({ number }) => number).reverse(),
    ].slice(0, MOST_ROWS),
  );
  const byNumber = new Map(state.trials.map((trial) => [trial.number, trial]));
  const rows = [...shown].flatMap((number) => {
    const trial = byNumber.get(number);
    return trial ? [rowOf(state, trial, now)] : [];
  });
  const header = ['trial', 'state', state.objectives.map(({ name }) => name).join(', '), 'time', 'parameters'];
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const hidden = state.spent.trials - rows.length;
  return [
    line(header),
    line(widths.map((width) => '─'.repeat(Math.min(width, MOST_PARAMS)))),
    ...rows.map(line),
    ...(hidden > 0 ? [`… ${hidden} more`] : []),
  ].join('\n');
}

function rowOf({ best, front }: StudyState, trial: StudyTrial, now: number): string[] {
  const last = trial.reports.at(-1);
  const params = sayParams(trial.params);
  const word = trial.number === best ? 'best' : front.includes(trial.number) ? 'front' : trial.state;
  return [
    String(trial.number),
    word,
    trial.values ? sayValues(trial) : last ? `${sayValue(last[1])} at ${last[0]}` : '',
    trial.found === true ? 'found' : sayDuration(Math.max(0, (trial.endedAt ?? now) - trial.startedAt)),
    params.length > MOST_PARAMS ? `${params.slice(0, MOST_PARAMS - 1)}…` : params,
  ];
}
