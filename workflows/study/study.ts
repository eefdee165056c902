import { workflowInfo } from '@temporalio/workflow';
import { digestText } from '../../core/digest.js';
import type { Json } from '../../core/json.js';
import type { RunFacts } from '../../core/runtime.js';
import type { KeptStudy, StudyState, StudyTrial } from '../../core/study/state.js';
import type { StudyAnswer, StudyAsk, StudyGrowth } from '../../core/study/ask.js';
import type { CarriedRun } from '../../core/task.js';
import { engineActivities, hostRun, type Engine } from '../engine/index.js';
import { refuseSeen } from './apart.js';
import { StudyBook } from './book.js';
import { Search } from './search.js';
import { requireContract, runTrial } from './trial.js';
import { shownOf } from './view.js';

/** The argument of a study's Workflow: what any durable child of a run is given, and what continue-as-new adds. */
interface StudyInput {
  readonly args: StudyAsk;
  readonly run: RunFacts;
  readonly name: string;
  readonly scope: string;
  /** Goes on from the study of a former run, with more trials. */
  readonly grow?: StudyGrowth;
  readonly carried?: CarriedRun;
}

/** A hyperparameter study: asks for configurations, runs each as a trial, tells what came out, and keeps all of it. */
export async function study(input: StudyInput): Promise<Json> {
  const { workflowId } = workflowInfo();
  const facts: RunFacts = { ...input.run, id: workflowId };
  let book: StudyBook | undefined;
  const closed = await hostRun({
    facts,
    params: input.args as unknown as Json,
    carried: input.carried,
    goesOn: true,
    again: async (carried) => {
      if (book) await keep(book);
      return [{ ...input, carried }];
    },
    closing: async (state) => {
      if (!book) return;
      over(book, state);
      await keep(book);
    },
    body: async (engine, view) => {
      const { args: ask, name, grow } = input;
      const from = input.carried ? workflowId : grow?.of;
      const kept = from === undefined ? null : await loadStudy(from);
      const seed = Number.parseInt(digestText(`study ${facts.seed} ${name} ${ask.target.name}`).slice(7, 15), 16);
      book = new StudyBook(ask, { run: workflowId, name, seed, now: Date.now() }, kept);
      if (grow && !input.carried) growBy(book, grow);
      const shown = book;
      view.show(() => shownOf(shown));
      return conclude(engine, book, ask);
    },
  });
  return (closed as { result: Json }).result;
}

async function conclude(engine: Engine, book: StudyBook, ask: StudyAsk): Promise<StudyAnswer> {
  // A study that goes on was looked at when it began.
  if (book.trials.length === 0) await refuseSeen(engine, ask);
  const { best, outputs } = await new Search(engine, book).run(ask.continueAfter ?? Infinity);
  const answer = { outputs: outputs ?? (await outputsOf(engine, ask, best)) };
  over(book, 'done');
  const found = book.state(Date.now());
  const kept = await engineActivities()['trainyard.give']('json', timeless(found) as unknown as Json);
  const report = engine.call(requireContract('tune.report'), { study: kept }, {})['out'];
  await keep(book);
  return {
    params: { ...plain(ask), ...best.params },
    outputs: answer.outputs,
    report: (await report) as StudyAnswer['report'],
  };
}

function over(book: StudyBook, status: StudyState['status']): void {
  book.status = status;
  book.endedAt ??= Date.now();
}

function keep(book: StudyBook): Promise<void> {
  return engineActivities()['trainyard.saveStudy'](book.kept(Date.now()));
}

/** What a search found, whenever and by whichever run: the report of an equal search is the same artifact. */
function timeless(state: StudyState): StudyState {
  const { endedAt: _, ...rest } = state;
  return {
    ...rest,
    run: '',
    startedAt: 0,
    spent: { ...state.spent, timeMs: 0, cost: 0 },
    counts: { ...state.counts, found: 0 },
    changes: state.changes.map((change) => ({ ...change, at: 0 })),
    trials: state.trials.map(({ endedAt: __, ms: ___, found: ____, ...trial }) => ({ ...trial, startedAt: 0 })),
  };
}

/** A study that was kept of a run, page by page. */
async function loadStudy(run: string): Promise<KeptStudy | null> {
  const first = await engineActivities()['trainyard.loadStudy'](run, 0);
  if (!first) return null;
  const trials: StudyTrial[] = [...first.trials];
  const before: number[] = [...first.resume.before];
  for (let next = first.next; next !== null;) {
    const page: KeptStudy | null = await engineActivities()['trainyard.loadStudy'](run, next);
    trials.push(...(page?.trials ?? []));
    before.push(...(page?.resume.before ?? []));
    next = page?.next ?? null;
  }
  return { ...first, trials, resume: { ...first.resume, before }, next: null };
}

function growBy(book: StudyBook, { trials, by, why }: StudyGrowth): void {
  book.plan((book.planned ?? book.trials.length) + trials);
  book.changes.push({
    at: Date.now(),
    by,
    why,
    action: 'grow',
    what: `${trials} more trial${trials === 1 ? '' : 's'}`,
  });
}

/** The best trial's outputs, where an earlier part of the study ran it: they are found. */
async function outputsOf(engine: Engine, ask: StudyAsk, best: StudyTrial): Promise<Json> {
  const again = { ...best, reports: [] };
  return (await runTrial({ engine, ask: { ...ask, pruner: { name: 'none' } }, trial: again, judge: () => false }))
    .outputs;
}

/** The parameters that all trials share: what is no artifact. */
function plain({ shared }: StudyAsk): { readonly [name: string]: Json } {
  const isData = (value: unknown): boolean => JSON.stringify(value)?.includes('"digest":"sha256-') ?? false;
  return Object.fromEntries(Object.entries(shared).filter(([, value]) => !isData(value))) as { [name: string]: Json };
}
