import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  MONITOR,
  type FreezeOrder,
  type MonitorConfig,
  type MonitorInput,
  type MonitorState,
  type Order,
  type WindowAsk,
} from './contract.js';
import {
  changedSince,
  configure,
  countWindow,
  healthy,
  mayRetrain,
  newMonitor,
  note,
  withoutFindings,
  type TakenWindow,
} from './ledger.js';
import { detailsOf, memoOf } from './details.js';
import { monitorActivities, startRetraining, type Watched } from './retrain.js';

const configureUpdate = defineUpdate<void, [MonitorConfig]>(MONITOR.configure);
const pauseUpdate = defineUpdate<void, [Order]>(MONITOR.pause);
const resumeUpdate = defineUpdate<void, [Order]>(MONITOR.resume);
const freezeUpdate = defineUpdate<void, [FreezeOrder]>(MONITOR.freeze);
const stateQuery = defineQuery<MonitorState>(MONITOR.state);
const nudgeSignal = defineSignal(MONITOR.nudge);

/** Longest wait of a paused monitor before it looks whether it must continue as new, in ms. */
const LONGEST_MS = 86_400_000;

/**
 * Watches an endpoint for as long as it lives: takes the logged requests in windows, each counted once, since the
 * place in the stream is part of this Workflow's own history; records drift; starts one retraining for it, under a name
 * that cannot be used twice; records whether the new model serves.
 */
export async function monitor(input: MonitorInput): Promise<void> {
  let state = input.state ?? (input.config && newMonitor(input.config));
  let woken = false;
  const now = (): number => Date.now();
  const set = (next: MonitorState): void => {
    state = next;
    upsertMemo({ [MONITOR.memo]: memoOf(next) });
    setCurrentDetails(detailsOf(next));
  };
  const given = (): MonitorState => {
    if (state) return state;
    throw ApplicationFailure.nonRetryable('the monitor is not configured yet', 'TY-MONITOR-UNKNOWN');
  };
  /** A change by a person or a node: on record, and looked at at once. */
  const change = (what: string, apply: (state: MonitorState) => MonitorState): void => {
    set(note(apply(given()), now(), what));
    woken = true;
  };
  const said = ({ by, why }: Order): string => `by ${by}: ${why}`;
  setHandler(stateQuery, given);
  setHandler(nudgeSignal, () => {
    woken = true;
  });
  setHandler(
    configureUpdate,
    (config) => {
      state ??= newMonitor(config);
      change('configured', (s) => configure(s, config));
    },
    { validator: checkConfig },
  );
  setHandler(pauseUpdate, (order) => change(`paused ${said(order)}`, (s) => ({ ...s, paused: true })), {
    validator: checkOrder,
  });
  setHandler(resumeUpdate, (order) => change(`resumed ${said(order)}`, (s) => ({ ...s, paused: false })), {
    validator: checkOrder,
  });
  setHandler(
    freezeUpdate,
    (order) =>
      change(`${order.frozen ? 'frozen' : 'unfrozen'} ${said(order)}`, (s) => ({ ...s, frozen: order.frozen })),
    { validator: checkOrder },
  );

  await condition(() => state !== undefined);
  const watched: Watched = {
    get: given,
    set,
    wake: () => {
      woken = true;
    },
    running: 0,
  };
  for (;;) {
    woken = false;
    let until: number | undefined;
    try {
      if (!given().paused) {
        while (!isLong(input) && (await countNext(watched)) && !given().paused);
        until = await considerRetraining(watched);
        // Not by `set`: no list shows it, and former histories have no step here.
        state = healthy(given());
        setCurrentDetails(detailsOf(state));
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      // What trying again cannot mend: said, and looked at again at the next occasion.
      set({ ...given(), problem: sayCause(error) });
    }
    const { config, paused } = given();
    const wait = paused
      ? LONGEST_MS
      : Math.min(config.everyMs, until === undefined ? LONGEST_MS : Math.max(1, until - now()));
    if (!woken && !(isLong(input) && watched.running === 0)) await condition(() => woken, wait);
    if (isLong(input) && watched.running === 0) {
      await condition(allHandlersFinished);
      const memo = { [MONITOR.memo]: memoOf(given()) };
      await makeContinueAsNewFunc<typeof monitor>({ memo })({ ...input, state: given() });
    }
  }
}

/** Takes the next window in, if there are rows enough for one. */
async function countNext(watched: Watched): Promise<boolean> {
  const { config, windows, cursor, entries, lost, accepted } = watched.get();
  const ask: WindowAsk = { config, accepted, number: windows + 1, cursor, entries, lost };
  const answer = await monitorActivities()['trainyard.monitorWindow'](ask);
  if (!answer.ready) return false;
  const state = watched.get();
  watched.set(countWindow(state, isOfThePast(state, ask, answer) ? withoutFindings(answer) : answer));
  return true;
}

/** Whether what a window was compared with has changed while it was: it counts, its findings do not. */
function isOfThePast(state: MonitorState, ask: WindowAsk, { window }: TakenWindow): boolean {
  const changed = changedSince(state, ask);
  if (changed !== 'accepted') return changed !== null;
  // Asked where it decides something: former releases began another retraining for what the new model has learned.
  return window.drifted && patched('16-window-before-acceptance');
}

/** Begins a retraining if there is cause and nothing stands against it; gives when to look again, if that is known. */
async function considerRetraining(watched: Watched): Promise<number | undefined> {
  const { go, waiting, until } = mayRetrain(watched.get(), Date.now());
  if (go) await startRetraining(watched);
  else if (waiting !== watched.get().waiting) watched.set({ ...watched.get(), waiting });
  return until;
}

function isLong({ continueAfter }: MonitorInput): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAfter === undefined ? continueAsNewSuggested : historyLength >= continueAfter;
}

function sayCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
}

function checkOrder(order: Order): void {
  for (const field of ['by', 'why'] as const)
    if (typeof order?.[field] !== 'string' || order[field].trim() === '')
      throw ApplicationFailure.nonRetryable(`the order lacks "${field}": who asks, and why`, 'TY-PARAM');
}

function checkConfig(config: MonitorConfig): void {
  const fine =
    typeof config?.endpoint === 'string' &&
    Array.isArray(config.columns) &&
    config.reference?.kind === 'file' &&
    config.window >= 1 &&
    config.everyMs >= 1;
  if (!fine) throw ApplicationFailure.nonRetryable('this is no configuration of a monitor', 'TY-PARAM');
}
