import type { File, Ref } from '../../core/kinds.js';
import type {
  MonitorConfig,
  MonitorState,
  Pending,
  Retraining,
  WindowAnswer,
  WindowAsk,
  WindowRecord,
} from './contract.js';

/** A window that was taken. */
export type TakenWindow = Extract<WindowAnswer, { ready: true }>;

// What a monitor knows and decides, as pure functions of its state.

/** Windows, retrainings and notes that the state keeps; all of them are in the store or in the history. */
const KEEP = 50;
/** Accepted profiles. */
const ACCEPTED = 4;
/** Drifted windows that a retraining learns from, at most. */
const TABLES = 20;
const MONTH_MS = 30 * 86_400_000;

export function newMonitor(config: MonitorConfig): MonitorState {
  return {
    config,
    paused: false,
    frozen: false,
    cursor: '0-0',
    entries: 0,
    lost: 0,
    windows: 0,
    drifted: 0,
    recent: [],
    pending: null,
    accepted: [],
    started: 0,
    retrainings: [],
    waiting: null,
    problem: null,
    notes: [],
  };
}

export function note(state: MonitorState, at: number, what: string): MonitorState {
  return { ...state, notes: [...state.notes, { at, what }].slice(-KEEP) };
}

/** Takes a window in: moves the cursor past it, and opens or widens what is pending when it drifted. */
export function countWindow(state: MonitorState, answer: TakenWindow): MonitorState {
  const { window, cursor, entries, lost } = answer;
  return {
    ...state,
    cursor,
    entries,
    lost,
    windows: window.number,
    drifted: state.drifted + Number(window.drifted),
    recent: [...state.recent, window].slice(-KEEP),
    pending: widen(state.pending, window),
    problem: null,
  };
}

/**
 * What has changed since a window was asked for, so that its findings are of the past: the reference, or the rows that
 * count as normal, since a new model has learned from them.
 */
export function changedSince(
  { config, accepted }: MonitorState,
  ask: Pick<WindowAsk, 'config' | 'accepted'>,
): 'reference' | 'accepted' | null {
  if (config.reference.digest !== ask.config.reference.digest) return 'reference';
  const isSame =
    accepted.length === ask.accepted.length &&
    accepted.every(({ digest }, index) => digest === ask.accepted[index]?.digest);
  return isSame ? null : 'accepted';
}

/** A window whose findings are of the past: its rows count, drift does not. */
export function withoutFindings(answer: TakenWindow): TakenWindow {
  return { ...answer, window: { ...answer.window, drifted: false, findings: [] } };
}

/** The state once all has gone right: what went wrong before is over. */
export function healthy(state: MonitorState): MonitorState {
  return state.problem === null ? state : { ...state, problem: null };
}

function widen(pending: Pending | null, window: WindowRecord): Pending | null {
  if (!pending && !window.drifted) return null;
  const tables = [...(pending?.tables ?? []), window.table].slice(-TABLES);
  // One window without drift in between is no proof that it is over: what waits stays, but nothing new begins.
  if (pending && !window.drifted) return { ...pending, tables };
  const columns = [...new Set([...(pending?.columns ?? []), ...window.findings.map(({ column }) => column)])].sort();
  return {
    since: pending?.since ?? window.number,
    last: window.number,
    columns,
    says: window.findings.map(({ says }) => says),
    tables,
    open: true,
  };
}

/** Whether a retraining may begin now; else what it waits for, and until when (ms) if that is known. */
export function mayRetrain(state: MonitorState, now: number): { go: boolean; waiting: string | null; until?: number } {
  const { retrain } = state.config;
  if (!retrain || !state.pending?.open) return { go: false, waiting: null };
  if (state.retrainings.at(-1)?.endedAt === undefined && state.retrainings.length > 0)
    return { go: false, waiting: 'a retraining is under way' };
  if (state.frozen) return { go: false, waiting: 'retraining is frozen' };
  const lately = state.retrainings.filter(({ startedAt }) => startedAt > now - MONTH_MS);
  if (lately.length >= retrain.most) {
    const until = (lately[lately.length - retrain.most]?.startedAt ?? now) + MONTH_MS;
    return { go: false, waiting: `${retrain.most} retrainings within 30 days are the most`, until };
  }
  const until = (state.retrainings.at(-1)?.endedAt ?? -Infinity) + retrain.cooldownMs;
  if (now < until) return { go: false, waiting: 'it cools down after the last retraining', until };
  return { go: true, waiting: null };
}

export function begin(state: MonitorState, retraining: Retraining): MonitorState {
  const pending = state.pending && { ...state.pending, open: false };
  const retrainings = [...state.retrainings, retraining].slice(-KEEP);
  return { ...state, started: retraining.number, retrainings, pending, waiting: null };
}

/** Takes a retraining's end in. What drifted is over when the new model serves, else it stays, and waits for another alarm. */
export function end(
  state: MonitorState,
  number: number,
  outcome: { endedAt: number; promoted: boolean; verdict: string },
): MonitorState {
  const retrainings = state.retrainings.map((one) => (one.number === number ? { ...one, ...outcome } : one));
  // Alarms of the meantime were of the same cause.
  const pending = outcome.promoted || !state.pending ? null : { ...state.pending, open: false };
  return { ...state, retrainings, pending };
}

/** Takes the profile of rows in that the model which serves now has learned from. */
export function accept(state: MonitorState, profile: Ref<File>): MonitorState {
  return { ...state, accepted: [...state.accepted, profile].slice(-ACCEPTED) };
}

/** Takes a new configuration in: another reference comes with another model, for which earlier findings say nothing. */
export function configure(state: MonitorState, config: MonitorConfig): MonitorState {
  const same = state.config.reference.digest === config.reference.digest;
  if (same) return { ...state, config, problem: null };
  return { ...state, config, pending: null, accepted: [], problem: null };
}

/** Why the newest model does not serve, in the words of the pipeline's own result if it has some. */
export function whyNot(result: unknown): string {
  const found = lookFor(result, 0);
  return found ?? 'its pipeline did not deploy it';
}

function lookFor(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth > 3) return undefined;
  for (const name of ['why', 'verdict', 'reason'] as const) {
    const said = (value as Record<string, unknown>)[name];
    if (typeof said === 'string' && said !== '') return said.replace(/^not better: /, '').slice(0, 300);
  }
  for (const inner of Object.values(value)) {
    const said = lookFor(inner, depth + 1);
    if (said !== undefined) return said;
  }
  return undefined;
}
