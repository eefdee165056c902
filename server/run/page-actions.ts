import { approvalName, type GraphNode, type GraphRecord } from '../../core/graph.js';
import { html, type Html } from '@trainyard/pages';
import type { DurableProcess } from '../../client/process.js';
import type { RunView } from '../../client/run/run-view.js';
import { form, step, whyField } from '../../client/page-forms.js';
import { jsonText } from '../../client/page-words.js';

/** What decides which actions a page offers. */
export interface ActionOptions {
  /** Whether the reader may decide and cancel. */
  readonly canAct: boolean;
}

/** Cancelling a run that goes on, resuming one that has ended without being done: unfolded first, then confirmed. */
export function runActions({ graph, open }: RunView, { canAct }: ActionOptions): Html | false {
  if (!canAct) return false;
  if (open)
    return step(
      'cancel',
      'Cancel …',
      form(graph.run, 'cancel', [
        html`<p>What has finished is kept, and found by the next run.</p>
          <button type="submit">Cancel this run</button>`,
      ]),
    );
  if (graph.state === 'done' || graph.run.includes('/')) return false;
  return step(
    'resume',
    'Resume …',
    form(graph.run, 'resume', [
      html`<p>A new run finds what succeeded here, and does the rest.</p>
        <label><input type="checkbox" name="newCode" /> with the code as it is now</label>
        <label><input type="checkbox" name="pause" /> leave nodes that fail waiting for a decision</label>
        <button type="submit">Resume this run</button>`,
    ]),
  );
}

/** Decisions that a run waits for. */
export function openApprovals(graph: GraphRecord): { run: string; name: string; question: string }[] {
  return graph.nodes
    .filter(({ kind, state }) => kind === 'approval' && state === 'waiting')
    .map(({ node, scope, summary }) => ({
      run: graph.run,
      name: approvalName({ scope, name: node }),
      question: summary ?? node,
    }));
}

/** Address of a process's own page, where it has one. */
export function pageOf({ page }: DurableProcess, workflowId: string): string | undefined {
  return page?.path.replace(':id', encodeURIComponent(workflowId));
}

/** What waits for a person, and how to give it. */
export function waits(
  { graph, open }: RunView,
  processes: ReadonlyMap<string, DurableProcess>,
  { canAct }: ActionOptions,
): Html {
  if (!open) return html``;
  const asking = graph.nodes.flatMap((node) => {
    const process = node.kind === 'child' && node.state === 'running' ? processes.get(node.node) : undefined;
    return process?.ends === 'by people' ? [{ node, process }] : [];
  });
  const approvals = openApprovals(graph);
  const paused = graph.nodes.filter(({ state }) => state === 'paused');
  if (asking.length + approvals.length + paused.length === 0) return html``;
  const signIn = html`<a href="/sign-in?to=/runs/${encodeURIComponent(graph.run)}">Sign in to decide</a>`;
  return html`<h2>Waits for a person</h2>
    <div class="cards">
      ${asking.map(
        ({ node: { call, workflowId = '', scope, summary }, process }) =>
          html`<a class="card" href="${pageOf(process, workflowId) ?? `#${call}`}">
            <strong>${process.title}</strong><br /><span class="small">${scope || summary}</span>
          </a>`,
      )}
      ${approvals.map(
        ({ name, question }) =>
          html`<div class="card stack">
            <strong>${question}</strong>
            <span class="small">${name}</span>
            ${
              canAct
                ? form(graph.run, 'approvals', [
                    html`<input type="hidden" name="name" value="${name}" />
                      ${whyField(`why-${name}`, false)}
                      <span>
                        <button type="submit" name="approved" value="true">Approve</button>
                        <button type="submit" name="approved" value="false" class="plain">Refuse</button>
                      </span>`,
                  ])
                : signIn
            }
          </div>`,
      )}
      ${paused.map(
        (node) =>
          html`<div class="card stack paused">
            <strong>${[node.scope, node.node].filter(Boolean).join('/')} failed and waits</strong>
            <span class="small">${node.error?.message} <a href="#${node.call}">${node.call}</a></span>
            ${canAct ? decisions(graph.run, node) : signIn}
          </div>`,
      )}
    </div>`;
}

/** Trying a node again, giving a value in its place, letting it fail: each with its reason. */
function decisions(run: string, node: GraphNode): Html {
  const { call, choices, pool } = node;
  const decided = (decision: string, parts: readonly Html[], words: string): Html =>
    form(run, 'recover', [
      html`<input type="hidden" name="call" value="${call}" />
        <input type="hidden" name="decision" value="${decision}" />`,
      ...parts,
      whyField(`${call}-${decision}-why`, true),
      html`<button type="submit">${words}</button>`,
    ]);
  const pools = (choices?.pools ?? [pool ?? '']).map(
    (name) => html`<option value="${name}" ${name === pool ? 'selected' : ''}>${name}</option>`,
  );
  const retry = html`<label class="small" for="${call}-params">Parameters, as JSON</label>
    <textarea id="${call}-params" name="params" rows="6" spellcheck="false">${jsonText(node.params ?? {})}</textarea>
    <label class="small" for="${call}-pool">Pool</label>
    <select id="${call}-pool" name="pool">
      ${pools}
    </select>`;
  const values = (choices?.ports ?? []).map(
    (port) =>
      html`<label class="small" for="${call}-output-${port}">${port === 'out' ? 'Value' : port}, as JSON</label>
        <textarea id="${call}-output-${port}" name="output:${port}" rows="3" spellcheck="false" required></textarea>`,
  );
  return html`${step(`${call}-retry`, 'Try again …', decided('retry', [retry], 'Try again'))}
  ${step(`${call}-skip`, 'Give a value …', decided('skip', values, 'Go on with this value'))}
  ${step(`${call}-fail`, 'Let it fail …', decided('fail', [], 'Let it fail'))}`;
}
