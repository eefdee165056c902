import { sayBytes, sayDuration, sayLeft } from '../../core/duration.js';
import type { GraphNode } from '../../core/graph.js';
import type { NodeProgress } from '../../core/task.js';
import type { DurableProcess, ProcessWords } from '../../client/process.js';
import { processSentence, type SeenProcess } from '../../client/process-state.js';
import { runningOf, type Running } from '../../client/run/running.js';
import { callMs, differences, sayCompared } from '../../client/graph/index.js';
import { html, type Html } from '@trainyard/pages';
import type { PageOptions, RunContent } from './page-content.js';
import { pageOf } from './page-actions.js';
import { artifactLink, jsonText, problemBox, stateMark } from '../../client/page-words.js';

/** Rows drawn at most: beyond them a table serves nobody. */
const MOST_ROWS = 1000;

/** A run's calls as a table: state, time, attempts, where they ran, what they gave. */
export function nodeTable(
  { view: { graph, pending }, children, processes }: RunContent,
  { now, ui }: PageOptions,
): Html {
  const shown = graph.nodes.slice(0, MOST_ROWS);
  const differs = differences(graph.nodes);
  const running = new Map(runningOf(graph, pending).map((one) => [one.node.call, one]));
  return html`<div class="wide">
      <table class="nodes rows">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col" class="number">Time</th>
            <th scope="col" class="number">Attempt</th>
            <th scope="col">Ran on</th>
            <th scope="col">Gave</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((node) => row(node, running.get(node.call), children.get(node.call), { now, ui: ui && callLink(graph.run, node), differs: differs.get(node.call), process: processes.get(node.node) }))}
        </tbody>
      </table>
    </div>
    ${
      graph.nodes.length > shown.length &&
      html`<p class="small quiet">${graph.nodes.length - shown.length} more stand in the JSON.</p>`
    }`;
}

/** Where a node's call stands in the Temporal UI: it is looked for once somebody asks. */
function callLink(run: string, { kind, call, worker, state }: GraphNode): string | undefined {
  const computed = kind === 'node' && (worker !== undefined || state === 'running' || state === 'failed');
  return computed ? `/runs/${encodeURIComponent(run)}/calls/${call}/temporal` : undefined;
}

function row(
  node: GraphNode,
  running: Running | undefined,
  seen: SeenProcess | undefined,
  {
    now,
    ui,
    differs,
    process,
  }: {
    readonly now: number;
    readonly ui: string | undefined;
    readonly differs: string | undefined;
    readonly process: DurableProcess | undefined;
  },
): Html {
  const about = [node.scope, node.summary ?? differs].filter(Boolean).join(' · ');
  const ms = callMs(node, now);
  const { progress, queued = false, attempt = node.attempt, lastFailure } = running ?? {};
  const place = progress?.worker ?? node.worker;
  const device = progress?.device || node.device;
  return html`<tr id="${node.call}">
    <td data-name="Node">
      <strong>${node.node}</strong>
      ${about !== '' && html`<br /><span class="small quiet">${about}</span>`}
      ${
        node.params !== undefined &&
        JSON.stringify(node.params) !== '{}' &&
        html`<details id="${node.call}-params" class="small">
          <summary>Parameters</summary>
          <pre>${jsonText(node.params, 4000)}</pre>
        </details>`
      }
      ${node.error !== undefined && node.state !== 'skipped' && problemBox(node.error, true)}
    </td>
    <td data-name="State">
      ${queued ? stateMark('waiting', 'queued') : stateMark(node.state, node.decision ? (node.decision.passed ? 'yes' : 'no') : node.state)}
      ${queued && html`<br /><span class="small quiet">waits for a slot of pool ${node.pool}</span>`}
      ${lastFailure !== undefined && html`<br /><span class="small quiet">again, after: ${lastFailure.split('\n')[0]}</span>`}
      ${node.decision?.compared && html`<br /><span class="small quiet">${sayCompared(node.decision.compared)}</span>`}
      ${node.decision?.by !== undefined && html`<br /><span class="small quiet">by ${node.decision.by}${node.decision.why && `: ${node.decision.why}`}</span>`}
      ${(node.recoveries ?? []).map(
        ({ action, by, why, params, pool }) =>
          html`<br /><span class="small quiet"
              >${action} by
              ${by}${why && `: ${why}`}${pool && `, on ${pool}`}${params && `, with ${JSON.stringify(params)}`}</span
            >`,
      )}
      ${progress && progress.fraction > 0 && progressBar(progress, ms)}
      ${seen && processProgress(node, seen.words(now))}
    </td>
    <td class="number" data-name="Time">${ms === undefined || node.kind === 'gate' ? '' : sayDuration(ms)}</td>
    <td class="number" data-name="Attempt">${attempt ?? ''}</td>
    <td class="small" data-name="Ran on">
      ${ui === undefined ? (place ?? '') : html`<a href="${ui}" title="in the Temporal UI">${place ?? 'Temporal'}</a>`}${device && html`<br /><span class="quiet">${device}</span>`}
    </td>
    <td class="small" data-name="Gave">${gave(node, process)}</td>
  </tr>`;
}

function progressBar({ fraction, message }: NodeProgress, ms: number | undefined): Html {
  const left = ms !== undefined && fraction >= 0.05 && fraction < 1 ? (ms * (1 - fraction)) / fraction : undefined;
  const words = [message, sayLeft(left)].filter(Boolean).join(', ');
  return html`<progress max="1" value="${fraction}" aria-label="progress"></progress
    ><span class="small quiet">${words}</span>`;
}

function processProgress({ state }: GraphNode, words: ProcessWords): Html {
  const fraction = state === 'running' ? words.fraction : undefined;
  return html`${fraction !== undefined && html`<progress max="1" value="${fraction}" aria-label="progress"></progress>`}
    <span class="small quiet">${processSentence(words)}</span>`;
}

function gave(node: GraphNode, process: DurableProcess | undefined): Html {
  if (node.workflowId !== undefined && process?.page !== undefined)
    return html`<a href="${pageOf(process, node.workflowId)}">${process.page.title}</a>`;
  if (node.result !== undefined) return html`<code>${jsonText(node.result, 400)}</code>`;
  return html`${Object.entries(node.outputs ?? {}).map(
    ([port, { digest, kind, size }]) =>
      html`<div>
        ${artifactLink(digest, port === 'out' ? kind : port)} <span class="quiet">${sayBytes(size)}</span>
      </div>`,
  )}`;
}
