import { runningOf } from '../../client/run/running.js';
import { causeWord } from '../../client/page-words.js';
import type { SealedSet } from '../../client/run/sealed-sets.js';
import type { RunView } from '../../client/run/run-view.js';
import { sayDuration } from '../../core/duration.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import type { Json } from '../../core/json.js';
import { callMs, differences, sayCompared, sayMetric } from '../../client/graph/index.js';
import { nameOf, signOf } from '../run/progress-lines.js';
import { clock, colours, cut, table } from '../terminal.js';

/** Characters of a JSON value in a line. */
const SHORT = 100;

/** A run for people: head, nodes, decisions, errors, result, links. */
export function runText(
  view: RunView,
  links: { page?: string; temporal?: string },
  now: number,
  sealed: readonly SealedSet[] = [],
): string {
  const { graph } = view;
  return [
    head(view, now),
    ...(graph.nodes.length === 0 ? [] : [nodesTable(view, now)]),
    ...view.unserved.map((pool) => colours.yellow(`no worker serves pool "${pool}": start one with trainyard worker`)),
    ...decisions(graph.nodes),
    ...errors(graph),
    ...sealed.map(sealedSet),
    ...(graph.result === undefined || graph.result === null
      ? []
      : [`result\n${indent(JSON.stringify(graph.result, null, 2))}`]),
    ...(links.page || links.temporal ? [pairs({ page: links.page, 'Temporal UI': links.temporal })] : []),
  ].join('\n\n');
}

/** A sealed test set: who opened it, when, for which model, and why. */
function sealedSet({ from, openings }: SealedSet): string {
  if (openings.length === 0) return `sealed test set (${from}): not opened yet`;
  const rows = openings.map(({ openedAt, node, run, by, models = [], reason, allowedBy }) => [
    clock(Date.parse(openedAt)),
    node,
    run,
    causeWord(by),
    models.map((model) => model.slice('sha256-'.length, 'sha256-'.length + 12)).join(' '),
    `${reason ?? ''}${allowedBy === undefined ? '' : ` (${allowedBy})`}`,
  ]);
  return `sealed test set (${from})\n${indent(table(['opened', 'by', 'run', 'started by', 'model', 'reason'], rows))}`;
}

function head({ graph, open, source, record }: RunView, now: number): string {
  const state = open ? 'running' : graph.state === 'running' ? 'not ended' : graph.state;
  const colour = state === 'done' ? colours.green : state === 'failed' ? colours.red : colours.yellow;
  const until = graph.endedAt ?? (open ? now : undefined);
  const took = until === undefined ? '' : ` in ${sayDuration(Math.max(0, until - graph.startedAt))}`;
  const commit = record?.start['commit'];
  return `${colours.bold(graph.run)}  ${colour(state)}${took}\n${pairs({
    pipeline: graph.pipeline,
    ...(graph.metric === undefined ? {} : { metric: sayMetric(graph.metric) }),
    started: clock(graph.startedAt),
    parameters: short(graph.params),
    seed: String(graph.seed),
    cause: short(graph.cause),
    ...(typeof commit === 'string' ? { commit } : {}),
    ...(graph.lineage === graph.run ? {} : { 'resume of': graph.lineage }),
    ...(source === 'records' ? { nodes: 'those that were computed, by their records: the graph was not saved' } : {}),
  })}`;
}

function nodesTable(view: RunView, now: number): string {
  const running = new Map(runningOf(view.graph, view.pending).map((one) => [one.node.call, one]));
  const differs = differences(view.graph.nodes);
  const rows = view.graph.nodes.map((node) => {
    const ms = node.ms ?? callMs(node, now);
    const at = running.get(node.call);
    const far = at?.progress && at.progress.fraction > 0 ? ` ${Math.round(at.progress.fraction * 100)} %` : '';
    return [
      `${signOf(node.state)} ${at?.queued ? 'queued' : node.state}${far}`,
      nameOf(node),
      ms === undefined || node.kind === 'gate' ? '' : sayDuration(ms),
      at && at.attempt > 1
        ? String(at.attempt)
        : node.attempt !== undefined && node.attempt > 1
          ? String(node.attempt)
          : '',
      node.worker ?? at?.progress?.worker ?? '',
      node.device ?? '',
      [differs.get(node.call), at?.progress?.message ?? node.summary].filter(Boolean).join(' · '),
    ];
  });
  return table(['state', 'node', 'took', 'attempt', 'worker', 'device', 'about'], rows, { right: ['took'] });
}

function decisions(nodes: readonly GraphNode[]): string[] {
  const lines = nodes.flatMap((node) => {
    if (node.kind === 'approval' && node.state === 'waiting')
      return [`? ${nameOf(node)}  waits: ${node.summary ?? ''}`];
    if (!node.decision) return [];
    const { passed, by, why, evidence, compared } = node.decision;
    const seen = (compared && sayCompared(compared)) || short(evidence);
    const who = by === undefined ? '' : ` by ${by}`;
    const because = why ? `: ${why}` : '';
    return [
      `${passed ? colours.green('yes') : colours.red('no ')} ${nameOf(node)}${who}${because}  ${colours.dim(seen)}`,
    ];
  });
  return lines.length === 0 ? [] : [`decisions\n${indent(lines.join('\n'))}`];
}

function errors(graph: GraphRecord): string[] {
  const said = new Set<string>();
  const blocks: string[] = [];
  for (const { error } of [...graph.nodes, graph]) {
    if (!error || said.has(`${error.code} ${error.message}`)) continue;
    said.add(`${error.code} ${error.message}`);
    const lines = [
      colours.red(error.message),
      ...Object.entries(error.where).map(([name, value]) => `  ${name}: ${String(value)}`),
      ...(error.expected === undefined ? [] : [`  expected: ${error.expected}`]),
      ...(error.actual === undefined ? [] : [`  actual:   ${error.actual}`]),
      `  to do:    ${error.remedy}`,
      `  [${error.code}]`,
    ];
    blocks.push(lines.join('\n'));
  }
  return blocks.length === 0 ? [] : [`errors\n${indent(blocks.join('\n'))}`];
}

function pairs(values: Readonly<Record<string, string | undefined>>): string {
  const known = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const width = known.reduce((widest, [name]) => Math.max(widest, name.length), 0);
  return known.map(([name, value]) => `  ${colours.dim(name.padEnd(width))}  ${value}`).join('\n');
}

function short(value: Json): string {
  return cut(JSON.stringify(value), SHORT);
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
