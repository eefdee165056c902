import { sayDuration } from '../../core/duration.js';
import type { GraphRecord } from '../../core/graph.js';
import { callMs, graphSvg } from '../../graph/index.js';
import { html, trusted, type Html } from '../../core/html.js';
import type { RunView } from '../../client/run-view.js';
import { causeWord } from './home.js';
import { page } from './layout.js';
import { nodeTable } from './run-nodes.js';
import { outputs } from './run-outputs.js';
import { runActions, waits } from './run-actions.js';
import { jsonText, moment, stateMark } from './words.js';

export interface PartOptions {
  /** ms since the epoch. */
  readonly now: number;
  /** Whether the reader may decide and cancel. */
  readonly canAct: boolean;
  /** Whether the server can start runs. */
  readonly canStart: boolean;
}

/** The parts of a run's page that change while it goes on, by name. */
export function runParts(view: RunView, options: PartOptions): Record<string, Html> {
  const { graph } = view;
  return {
    head: head(view, options),
    waits: waits(view, options),
    graph: graph.nodes.length === 0 ? html`<p class="quiet">No node was called yet.</p>` : drawing(graph, options),
    outputs: outputs(graph),
    nodes: nodeTable(view, options.now),
  };
}

export function runPage(
  view: RunView,
  options: { readonly now: number; readonly ui: string | undefined; readonly canStart: boolean },
  keyName: string | undefined,
): Html {
  const { graph, open } = view;
  const parts = runParts(view, { ...options, canAct: keyName !== undefined });
  const id = encodeURIComponent(graph.run);
  const part = (name: string): Html => html`<div data-part="${name}">${parts[name]}</div>`;
  const main = html`<section id="run" data-id="${graph.run}" data-open="${String(open)}">
    <h1>${graph.run}</h1>
    ${part('head')}
    <p class="small">
      ${options.ui !== undefined && html`<a href="${options.ui}">In the Temporal UI</a> · `}
      <a href="/api/runs/${id}">JSON</a> · <a href="/runs/${id}/graph.svg">SVG</a> ·
      <a href="/runs/${id}/graph.mmd">Mermaid</a>
      ${belongsTo(graph)}
    </p>
    <p id="message" role="alert"></p>
    ${part('waits')}
    <h2>Graph</h2>
    ${part('graph')} ${part('outputs')}
    <h2>Nodes</h2>
    ${part('nodes')}
    <h2>Parameters</h2>
    <pre tabindex="0">${jsonText(graph.params)}</pre>
  </section>`;
  return page({ title: graph.run, main, scripts: ['run.js'], keyName });
}

/** The run that this one is a part of, or that it resumes. */
function belongsTo({ run, lineage }: GraphRecord): Html | false {
  const child = run.lastIndexOf('/');
  const other = child >= 0 ? run.slice(0, child) : lineage;
  if (other === run) return false;
  return html` · ${child >= 0 ? 'part of' : 'resumes'} <a href="/runs/${encodeURIComponent(other)}">${other}</a>`;
}

function head(view: RunView, options: PartOptions): Html {
  const { graph, open, stale } = view;
  const { now } = options;
  const took = (graph.endedAt ?? now) - graph.startedAt;
  const counts = new Map<string, number>();
  for (const { state } of graph.nodes) counts.set(state, (counts.get(state) ?? 0) + 1);
  return html`<dl class="facts">
      <div>
        <dt>State</dt>
        <dd>${stateMark(graph.state)}</dd>
      </div>
      <div>
        <dt>Pipeline</dt>
        <dd>${graph.pipeline}</dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>${moment(graph.startedAt)}</dd>
      </div>
      <div>
        <dt>${open ? 'Running for' : 'Took'}</dt>
        <dd>${sayDuration(Math.max(0, took))}</dd>
      </div>
      <div>
        <dt>Nodes</dt>
        <dd>${[...counts].map(([state, count]) => `${count} ${state}`).join(', ') || 'none yet'}</dd>
      </div>
      <div>
        <dt>Because</dt>
        <dd>${causeWord(graph.cause)}</dd>
      </div>
      <div>
        <dt>Seed</dt>
        <dd>${graph.seed}</dd>
      </div>
    </dl>
    ${stale !== undefined && html`<p class="problem">${stale}.</p>`}
    ${
      graph.error !== undefined &&
      html`<div class="problem">
        <strong>${graph.error.message}</strong>
        ${graph.error.expected !== undefined && html`<br />expected: ${graph.error.expected}`}
        ${graph.error.actual !== undefined && html`<br />actual: ${graph.error.actual}`}
        <br />to do: ${graph.error.remedy} <span class="quiet small">${graph.error.code}</span>
      </div>`
    }
    ${runActions(view, options)}`;
}

function drawing(graph: GraphRecord, { now }: PartOptions): Html {
  const longest = Math.max(0, ...graph.nodes.map((node) => callMs(node, now) ?? 0));
  return html`<div class="graph" tabindex="0" role="region" aria-label="Graph of the run">
      ${trusted(graphSvg(graph, { now, href: (call) => `#${call}` }))}
    </div>
    ${longest > 0 && html`<p class="small quiet">The longest call took ${sayDuration(longest)}.</p>`}`;
}
