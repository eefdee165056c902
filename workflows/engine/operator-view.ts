import {
  CancellationScope,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { bundleData } from './bundle-data.js';
import type { GraphKeeper, IndexedFacts } from './graph-keeper.js';
import { countText, tableText } from './table-text.js';
import { when } from './answer-order.js';

/** Search attributes of runs; the server must know them (services and `trainyard doctor` see to it). */
const SEARCH = {
  pipeline: defineSearchAttributeKey('TrainyardPipeline', 'KEYWORD'),
  cause: defineSearchAttributeKey('TrainyardCause', 'KEYWORD'),
  status: defineSearchAttributeKey('TrainyardStatus', 'KEYWORD'),
  model: defineSearchAttributeKey('TrainyardModel', 'KEYWORD'),
  metric: defineSearchAttributeKey('TrainyardMetric', 'DOUBLE'),
  data: defineSearchAttributeKey('TrainyardData', 'KEYWORD'),
  commit: defineSearchAttributeKey('TrainyardCommit', 'KEYWORD'),
};

/** Redrawing the table of a large graph at every change would cost more than the nodes: after a share of their number. */
const REDRAWN_SHARE = 0.1;
const DETAILS_EVERY_MS = 5_000;
const SMALL_GRAPH = 80;

/** What a run shows of itself in the place of the table of its nodes. */
export interface Shown {
  /** What the text is called where the closed run keeps it. */
  readonly name: string;
  /** One line of Markdown: how far it is. */
  readonly head: string;
  /** What is worth a block of text. */
  readonly text: string;
  /** The figure by which the run is found; undefined while there is none. */
  readonly metric: number | undefined;
}

/** What operators see of a run in the Temporal UI: details while it is open, memo once it is closed, search attributes. */
export class OperatorView {
  readonly #graph: () => GraphKeeper;
  #own: (() => Shown) | undefined;
  #indexed: IndexedFacts = {};
  #changes = 0;
  #drawnAt = 0;
  #due = false;

  constructor(graph: () => GraphKeeper) {
    this.#graph = graph;
  }

  /** From now on a run shows this of itself. */
  show(own: () => Shown): void {
    this.#own = own;
    // From its next change on it is drawn as it changes.
    this.#due = false;
  }

  /** Also here, since not only the client starts runs: monitors and schedules do. */
  begin(pipeline: string, cause: Json): void {
    upsertSearchAttributes([
      { key: SEARCH.pipeline, value: pipeline },
      { key: SEARCH.status, value: 'running' },
      { key: SEARCH.cause, value: causeOf(cause) },
    ]);
    void CancellationScope.nonCancellable(() => this.#drawing());
  }

  commit(commit: string | null): void {
    if (commit !== null && workflowInfo().typedSearchAttributes.get(SEARCH.commit) === undefined)
      upsertSearchAttributes([{ key: SEARCH.commit, value: commit }]);
  }

  /** The graph has changed. */
  change(): void {
    const { record, facts } = this.#graph();
    const now = Date.now();
    this.#due ||=
      ++this.#changes > REDRAWN_SHARE * record.nodes.length ||
      now - this.#drawnAt >= DETAILS_EVERY_MS ||
      record.nodes.length <= SMALL_GRAPH;
    if (!this.#own) this.#index(facts);
    // What a run shows of itself also stands for it in lists: that is a step of the Workflow, and has its place among them.
    else if (this.#due) this.#draw(record, now);
  }

  /** Nobody sees the details before the Workflow rests: conditions are looked at then, however much has changed. */
  async #drawing(): Promise<never> {
    for (;;) {
      await when(() => this.#due);
      this.#draw(this.#graph().record, Date.now());
    }
  }

  /** The run is over: what people look for first stays readable without a worker. */
  close(record: GraphRecord): void {
    const shown = this.#draw(record, Date.now());
    upsertMemo({ [shown.name]: shown.text, ...linkOf(record.run) });
    upsertSearchAttributes([{ key: SEARCH.status, value: record.state }]);
  }

  /** What stands for the run in lists, as far as it is known. */
  get facts(): { [name: string]: Json } {
    const { model, metric, data } = this.#indexed;
    return {
      ...(model === undefined ? {} : { model }),
      ...(metric === undefined ? {} : { metric }),
      ...(data === undefined ? {} : { data }),
    };
  }

  #draw(record: GraphRecord, now: number): Shown {
    this.#drawnAt = now;
    this.#changes = 0;
    this.#due = false;
    const shown = this.#own?.() ?? {
      name: 'nodes',
      head: `**${record.pipeline}** ${record.state}: ${countText(record)}`,
      text: tableText(record),
      metric: undefined,
    };
    const { page } = linkOf(record.run);
    setCurrentDetails(
      [shown.head, ...(page ? [`[Run page](${page})`] : []), `\`\`\`\n${shown.text}\n\`\`\``].join('\n\n'),
    );
    if (this.#own) this.#index(shown.metric === undefined ? {} : { metric: shown.metric });
    return shown;
  }

  #index(facts: IndexedFacts): void {
    const before = this.#indexed;
    if (facts.model !== undefined && facts.model !== before.model)
      upsertSearchAttributes([{ key: SEARCH.model, value: facts.model }]);
    if (facts.metric !== undefined && facts.metric !== before.metric)
      upsertSearchAttributes([{ key: SEARCH.metric, value: facts.metric }]);
    if (facts.data !== undefined && facts.data !== before.data)
      upsertSearchAttributes([{ key: SEARCH.data, value: facts.data }]);
    this.#indexed = { ...facts };
  }
}

/** Where the run's page is, if the pages have an address. */
export function linkOf(run: string): { page?: string } {
  const { pages } = bundleData();
  return pages === undefined ? {} : { page: `${pages}/runs/${encodeURIComponent(run)}` };
}

/** What a run was started by, in one word. */
function causeOf(cause: Json): string {
  const kind = typeof cause === 'object' && cause !== null && 'kind' in cause ? cause.kind : undefined;
  return typeof kind === 'string' ? kind : 'person';
}
