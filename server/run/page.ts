import { sayDuration } from '../../core/duration.js';
import type { GraphRecord } from '../../core/graph.js';
import { callMs, graphSvg, sayMetric } from '../../client/graph/index.js';
import { html, trusted, type Html } from '@trainyard/pages';
import type { RunView } from '../../client/run/run-view.js';
import { page } from '../pages/layout.js';
import { nodeTable } from './page-nodes.js';
import { outputs } from './page-outputs.js';
import { runActions, waits } from './page-actions.js';
import { causeWord, jsonText, moment, problemBox, stateMark } from '../../client/page-words.js';
import type { DrawnSection, PageOptions, RunContent } from './page-content.js';

/** The parts of a run's page that change while it goes on, by name. */
export function runParts(content: RunContent, options: PageOptions): Record<string, Html> {
  const { view, sections } = content;
  const { graph } = view;
  return {
    head: head(view, options),
    waits: waits(view, content.processes, options),
    graph: graph.nodes.length === 0 ? html`<p class="quiet">No node was called yet.</p>` : drawing(graph, options),
    outputs: outputs(graph),
    ...Object.fromEntries(sections.map((section) => [`section ${section.name}`, section.html])),
    nodes: nodeTable(content, options),
  };
}

export function runPage(content: RunContent, options: PageOptions, keyName: string | undefined): Html {
  const { graph, open } = content.view;
  const parts = runParts(content, options);
  const id = encodeURIComponent(graph.run);
  const part = (name: string): Html => html`<div data-part="${name}">${parts[name]}</div>`;
  const placed = (where: NonNullable<DrawnSection['place']>): Html[] =>
    content.sections
      .filter(({ place = 'after the graph' }) => place === where)
      .map(({ name }) => part(`section ${name}`));
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
    ${part('waits')} ${placed('before the graph')}
    <h2>Graph</h2>
    ${part('graph')} ${part('outputs')} ${placed('after the graph')}
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

function head(view: RunView, options: PageOptions): Html {
  const { graph, open, stale, unserved } = view;
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
      ${
        graph.metric &&
        html`<div>
          <dt>Metric</dt>
          <dd><strong>${sayMetric(graph.metric)}</strong></dd>
        </div>`
      }
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
    ${unserved.map((pool) => html`<p class="problem">No worker serves pool “${pool}”: start one with trainyard worker.</p>`)}
    ${graph.error !== undefined && problemBox(graph.error)} ${runActions(view, options)}`;
}

function drawing(graph: GraphRecord, { now }: PageOptions): Html {
  const longest = Math.max(0, ...graph.nodes.map((node) => callMs(node, now) ?? 0));
  return html`<div class="graph" tabindex="0" role="region" aria-label="Graph of the run">
      ${trusted(graphSvg(graph, { now, href: (call) => `#${call}` }))}
    </div>
    ${longest > 0 && html`<p class="small quiet">The longest call took ${sayDuration(longest)}.</p>`}`;
}
