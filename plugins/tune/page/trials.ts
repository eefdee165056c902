import { html, type Html } from '@trainyard/pages';
import type { StudyState, StudyTrial } from '../../../client/index.js';
import { sayDuration, type GraphNode, type GraphRecord, type NodeState } from '../../../core/index.js';
import { isFit, sayValue } from '../../../core/study/index.js';
import { stateMark } from '../../../activities/processes/index.js';

/** Rows drawn at most. */
const MOST_ROWS = 500;

/** What one column holds of a trial, for sorting and for people. */
interface Column {
  /** Its name in addresses. */
  readonly key: string;
  readonly title: string;
  readonly number: boolean;
  of(trial: StudyTrial): string | number | boolean | null | undefined;
  show?(trial: StudyTrial): Html | string | false;
}

const STATES: Readonly<Record<StudyTrial['state'], NodeState>> = {
  running: 'running',
  complete: 'done',
  pruned: 'skipped',
  failed: 'failed',
};

/**
 * The trials of a study as a table. `sort` is a column's key, with a `-` before it for the largest first; without one
 * the newest stand first while the study goes on, and the best once it is over.
 */
export function trialTable(state: StudyState, graph: GraphRecord, sort: string | undefined, now: number): Html {
  if (state.trials.length === 0) return html`<p class="quiet">No trial has begun yet.</p>`;
  const columns = columnsOf(state, graph, now);
  const order = orderOf(state, columns, sort);
  const trials = sorted(state.trials, columns, order);
  const shown = trials.slice(0, MOST_ROWS);
  return html`<div class="wide">
      <table class="trials" id="trials">
        <thead>
          <tr>
            ${columns.map((column) => head(column, order))}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (trial) =>
              html`<tr id="trial-${trial.number}">
                ${columns.map((column) => html`<td class="${column.number ? 'number' : ''}">${cell(column, trial)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${trials.length > shown.length && html`<p class="small quiet">${trials.length - shown.length} more stand in the JSON.</p>`}`;
}

interface Order {
  readonly key: string;
  readonly down: boolean;
}

function head({ key, title, number }: Column, order: Order): Html {
  const here = order.key === key;
  // A number's column is first looked at for its largest.
  const down = here ? !order.down : number;
  const sign = here ? (order.down ? ' ↓' : ' ↑') : '';
  return html`<th
    scope="col"
    class="${number ? 'number' : ''}"
    aria-sort="${here ? (order.down ? 'descending' : 'ascending') : 'none'}"
  >
    <a id="sort-${key}" data-sort href="?sort=${down ? '-' : ''}${encodeURIComponent(key)}#trials">${title}${sign}</a>
  </th>`;
}

function cell(column: Column, trial: StudyTrial): Html | string | false {
  return column.show ? column.show(trial) : sayCell(column.of(trial));
}

function sayCell(value: ReturnType<Column['of']>): string {
  return value === undefined ? '' : sayValue(value);
}

function columnsOf(state: StudyState, graph: GraphRecord, now: number): Column[] {
  const { objectives, constraints, trials, best, front } = state;
  const calls = callsByTrial(graph);
  const params = [...new Set(trials.flatMap((trial) => Object.keys(trial.params)))];
  const isNumber = (name: string): boolean => trials.every(({ params: of }) => typeof (of[name] ?? 0) === 'number');
  const took = (trial: StudyTrial): number => Math.max(0, (trial.endedAt ?? now) - trial.startedAt);
  const reported = trials.some(({ reports }) => reports.length > 0);
  return [
    {
      key: 'trial',
      title: 'Trial',
      number: true,
      of: ({ number }) => number,
      show: ({ number }) => trialLink(number, calls),
    },
    {
      key: 'state',
      title: 'State',
      number: false,
      of: (trial) => trial.state,
      show: (trial) =>
        stateCell(trial, trial.number === best ? 'best' : front.includes(trial.number) ? 'front' : trial.state),
    },
    ...objectives.map(({ name }, i) => ({
      key: `value${i}`,
      title: name,
      number: true,
      of: ({ values }: StudyTrial) => values?.[i],
    })),
    ...(reported
      ? [
          {
            key: 'reached',
            title: 'Reached',
            number: true,
            of: ({ reports }: StudyTrial) => reports.at(-1)?.[0],
            show: ({ reports }: StudyTrial) => {
              const last = reports.at(-1);
              return last ? `${sayValue(last[1])} at ${last[0]}` : '';
            },
          },
        ]
      : []),
    ...constraints.map(({ name }, i) => ({
      key: `limit${i}`,
      title: name,
      number: false,
      of: ({ constraints: excess }: StudyTrial) => excess?.[i],
      show: ({ constraints: excess }: StudyTrial) =>
        excess?.[i] === undefined ? '' : (excess[i] ?? 0) <= 0 ? 'kept' : `over by ${sayValue(excess[i])}`,
    })),
    ...params.map((name) => ({
      key: `param-${name}`,
      title: name,
      number: isNumber(name),
      of: ({ params: of }: StudyTrial) => of[name],
    })),
    {
      key: 'took',
      title: 'Took',
      number: true,
      of: took,
      show: (trial) => (trial.found === true ? 'found' : sayDuration(took(trial))),
    },
    { key: 'by', title: 'Suggested by', number: false, of: ({ by }) => by },
  ];
}

function stateCell(trial: StudyTrial, word: string): Html {
  const broken = trial.state === 'complete' && !isFit(trial);
  return html`${stateMark(STATES[trial.state], word)}
  ${trial.reason !== undefined && html`<br /><span class="small quiet">${trial.reason}</span>`}
  ${broken && html`<br /><span class="small quiet">breaks a limit</span>`}`;
}

/** The first call of each trial. */
function callsByTrial(graph: GraphRecord): ReadonlyMap<number, GraphNode> {
  const calls = new Map<number, GraphNode>();
  for (const node of graph.nodes) {
    const number = /(?:^|\/)trial (\d+)/.exec(node.scope)?.[1];
    if (number !== undefined && !calls.has(Number(number))) calls.set(Number(number), node);
  }
  return calls;
}

function trialLink(number: number, calls: ReadonlyMap<number, GraphNode>): Html | string {
  const call = calls.get(number)?.call;
  return call === undefined ? String(number) : html`<a href="#${call}">${number}</a>`;
}

/** The order that is asked for, where there is such a column, or the natural one. */
function orderOf(state: StudyState, columns: readonly Column[], sort: string | undefined): Order {
  const down = sort?.startsWith('-') ?? false;
  const key = down ? sort?.slice(1) : sort;
  if (key !== undefined && columns.some((column) => column.key === key)) return { key, down };
  if (state.endedAt === undefined) return { key: 'trial', down: true };
  return { key: 'value0', down: state.objectives[0]?.direction === 'maximize' };
}

function sorted(trials: readonly StudyTrial[], columns: readonly Column[], { key, down }: Order): StudyTrial[] {
  const column = columns.find((one) => one.key === key);
  const sign = down ? -1 : 1;
  return trials.toSorted((a, b) => {
    const [x, y] = [column?.of(a), column?.of(b)];
    // What has no value stands last, whatever the direction.
    if (x === undefined || x === null || y === undefined || y === null)
      return Number(x === undefined || x === null) - Number(y === undefined || y === null) || a.number - b.number;
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x) < String(y)
          ? -1
          : String(x) > String(y)
            ? 1
            : 0;
    return sign * order || a.number - b.number;
  });
}
