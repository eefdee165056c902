import type { Running } from '../../client/running.js';
import { sayDuration } from '../../core/duration.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { callMs, STATES } from '../../graph/index.js';
import { bar, colours } from '../terminal.js';

const COLOURS: Readonly<Record<GraphNode['state'], (text: string) => string>> = {
  waiting: colours.dim,
  running: colours.blue,
  found: colours.cyan,
  done: colours.green,
  paused: colours.yellow,
  failed: colours.red,
  skipped: colours.dim,
  cancelled: colours.magenta,
};

/** What a call is called in lists: its scope and its node. */
export function nameOf(node: GraphNode): string {
  return node.scope === '' ? node.node : `${node.scope}/${node.node}`;
}

/** The sign of a state, coloured. */
export function signOf(state: GraphNode['state']): string {
  return COLOURS[state](STATES[state].glyph);
}

/** A call that has ended: `✓ train.forest  12 s`, with the reason below it when it failed. */
export function endedLine(node: GraphNode): string {
  const ms = node.ms ?? callMs(node, 0);
  const time = ms === undefined || node.state === 'found' || node.kind === 'gate' ? '' : `  ${sayDuration(ms)}`;
  const answer = node.decision ? `  ${node.kind}: ${node.decision.passed ? 'yes' : 'no'}` : '';
  const by = node.decision?.by === undefined ? '' : ` by ${node.decision.by}`;
  const word = node.state === 'done' ? '' : `  ${node.state}`;
  const why = node.state === 'failed' && node.error ? `\n    ${colours.red(node.error.message)}` : '';
  return `${signOf(node.state)} ${nameOf(node)}${word}${answer}${by}${colours.dim(time)}${why}`;
}

/** Ended calls as lines; many alike that ended at once are one line. */
export function endedLines(nodes: readonly GraphNode[], foldFrom = 6): string[] {
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const name = node.kind === 'node' && node.state !== 'failed' ? `${node.state} ${node.node}` : node.call;
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < foldFrom) return group.map(endedLine);
    return [
      `${signOf(first.state)} ${first.node} × ${group.length}${first.state === 'done' ? '' : `  ${first.state}`}`,
    ];
  });
}

/** A running call: how far it is, in its own words, and how long it may still take. */
export function runningLine(
  running: Running,
  known: { readonly expectedMs?: number | undefined; readonly fractionAtMs?: number | undefined },
  now: number,
): string {
  const { node, progress, queued, attempt, lastFailure } = running;
  const took = callMs(node, now) ?? 0;
  const name = `${signOf('running')} ${nameOf(node)}`;
  const again =
    attempt > 1 ? colours.yellow(`  attempt ${attempt}${lastFailure ? ` after: ${firstLine(lastFailure)}` : ''}`) : '';
  if (queued)
    return `${colours.dim(`${STATES.waiting.glyph} ${nameOf(node)}  waits for a slot of pool ${node.pool ?? ''}`)}`;
  const fraction = progress !== undefined && progress.fraction > 0 ? Math.min(1, progress.fraction) : undefined;
  const left = leftMs(took, fraction, known.fractionAtMs ?? took, known.expectedMs);
  const parts = [
    name,
    ...(fraction === undefined ? [] : [`${bar(fraction)} ${String(Math.round(fraction * 100)).padStart(3)} %`]),
    ...(progress?.message ? [progress.message] : node.summary && node.kind !== 'node' ? [node.summary] : []),
    colours.dim(left === undefined ? sayDuration(took) : `${sayDuration(took)}, about ${sayDuration(left)} left`),
  ];
  return parts.join('  ') + again;
}

/**
 * Time left, ms: by the fraction that was reached after `fractionAtMs`, else by how long the node took in earlier runs;
 * undefined when neither is known.
 */
export function leftMs(
  tookMs: number,
  fraction: number | undefined,
  fractionAtMs: number,
  expectedMs: number | undefined,
): number | undefined {
  if (fraction !== undefined && fraction >= 0.02) return Math.max(0, fractionAtMs / fraction - tookMs);
  return expectedMs !== undefined && expectedMs > tookMs ? expectedMs - tookMs : undefined;
}

/** Whether a call's state is one that it keeps. */
export function hasEnded(node: GraphNode): boolean {
  return node.state !== 'waiting' && node.state !== 'running' && node.state !== 'paused';
}

/** `12 of 14 nodes, 2 running, 24 s`. */
export function countLine(graph: GraphRecord, now: number): string {
  const ended = graph.nodes.filter(hasEnded).length;
  const running = graph.nodes.filter((node) => node.state === 'running').length;
  return `${ended} of ${graph.nodes.length} nodes, ${running} running, ${sayDuration(Math.max(0, now - graph.startedAt))}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
