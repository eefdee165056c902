import { isStudy, readStudy, type RunReader, type RunView, type StudyState } from '../../../client/index.js';
import { livePlots, readableStudy, readingPlots } from '../../../core/study/index.js';
import type { StudyDrawings } from './study.js';

/** A study as its page shows it. */
export interface StudyView {
  readonly state: StudyState;
  readonly drawings: StudyDrawings;
}

/** Drawings of studies that were looked at last, by what they show: a page asks for them every second. */
const drawn = new Map<string, StudyDrawings>();
/** Studies that were looked at last: they are asked only for what is new. */
const known = new Map<string, StudyState>();
const MOST_KEPT = 16;

/** The study that a run is; undefined when it is none. */
export async function readStudyView(reader: RunReader, { graph }: RunView): Promise<StudyView | undefined> {
  if (!isStudy(graph.params)) return undefined;
  const state = await readNewly(reader, graph.run);
  return state && { state, drawings: drawingsOf(state) };
}

function drawingsOf(state: StudyState): StudyDrawings {
  const { counts, run, trials } = state;
  const reports = trials.reduce((sum, trial) => sum + trial.reports.length, 0);
  const shows = `${run} ${trials.length} ${counts.complete} ${counts.pruned} ${counts.failed} ${reports}`;
  return keep(drawn, shows, drawn.get(shows) ?? draw(state));
}

/** Studies that are just read: the sections of a page ask at once. */
const reading = new Map<string, Promise<StudyState | undefined>>();

function readNewly(reader: RunReader, study: string): Promise<StudyState | undefined> {
  const read = async (): Promise<StudyState | undefined> => {
    const state = await readStudy(reader, study, known.get(study));
    return state && keep(known, study, state);
  };
  const now = reading.get(study) ?? read().finally(() => reading.delete(study));
  reading.set(study, now);
  return now;
}

/** Keeps what was looked at last. */
function keep<T>(kept: Map<string, T>, name: string, one: T): T {
  kept.delete(name);
  kept.set(name, one);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return one;
}

function draw(state: StudyState): StudyDrawings {
  const study = readableStudy(state);
  return { live: livePlots(study), reading: state.endedAt === undefined ? [] : readingPlots(study) };
}
