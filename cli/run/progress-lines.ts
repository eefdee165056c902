import type { ChildState } from '../../client/children.js';
import type { ProcessWords } from '../../client/process.js';
import type { Running } from '../../client/run/running.js';
import { sayDuration, sayLeft } from '../../core/duration.js';
import type { GraphNode, GraphRecord } from '../../core/graph.js';
import { callMs, sayCompared, STATES, type Box } from '../../client/graph/index.js';
import { bar, colours } from '../terminal.js';
import { fitParts, type FitPart } from './fit-width.js';

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

/** A call that has ended: `✓ train.forest  12 s`, with what a study found, and the reason below it when it failed. */
export function endedLine(node: GraphNode, child?: ChildState, differs?: string): string {
  const ms = node.ms ?? callMs(node, 0);
  const time = ms === undefined || node.state === 'found' || node.kind === 'gate' ? '' : `  ${sayDuration(ms)}`;
  const answer = node.decision ? `  ${node.kind}: ${node.decision.passed ? 'yes' : 'no'}` : '';
  const compared = node.decision?.compared ? `  ${sayCompared(node.decision.compared)}`.trimEnd() : '';
  const about = differs === undefined ? '' : `  ${colours.dim(differs)}`;
  const by = node.decision?.by === undefined ? '' : ` by ${node.decision.by}`;
  const word = node.state === 'done' ? '' : `  ${node.state}`;
  const found = (child?.seen?.words(0).parts ?? []).map(({ texts }) => `  ${texts[0] ?? ''}`).join('');
  const why = node.state === 'failed' && node.error ? `\n    ${colours.red(node.error.message)}` : '';
  return `${signOf(node.state)} ${nameOf(node)}${about}${word}${answer}${compared}${by}${found}${colours.dim(time)}${why}`;
}

/** Ended calls as lines; many alike that ended at once are one line. */
export function endedLines(
  nodes: readonly GraphNode[],
  children: ReadonlyMap<string, ChildState> = new Map(),
  differs: ReadonlyMap<string, string> = new Map(),
  foldFrom = 6,
): string[] {
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const name = node.kind === 'node' && node.state !== 'failed' ? `${node.state} ${node.node}` : node.call;
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first || group.length < foldFrom)
      return group.map((node) => endedLine(node, children.get(node.call), differs.get(node.call)));
    return [
      `${signOf(first.state)} ${first.node} × ${group.length}${first.state === 'done' ? '' : `  ${first.state}`}`,
    ];
  });
}

/** What else is known of a running call. */
export interface Known {
  readonly expectedMs?: number | undefined;
  readonly fractionAtMs?: number | undefined;
  readonly child?: ChildState | undefined;
  /** In which parameters it differs from other calls of its node. */
  readonly differs?: string | undefined;
}

/** A running call in so many columns: how far it is, in its own words, and how long it may still take. */
export function runningLine(running: Running, known: Known, now: number, columns = Infinity): string {
  const { node, progress, queued, attempt, lastFailure } = running;
  const took = callMs(node, now) ?? 0;
  const name: FitPart = { rank: 0, texts: [`${STATES.running.glyph} ${nameOf(node)}`], paint: paintSign };
  if (queued)
    return colours.dim(
      fitParts(
        [
          { rank: 0, texts: [`${STATES.waiting.glyph} ${nameOf(node)}`] },
          { rank: 1, texts: [`waits for a slot of pool ${node.pool ?? ''}`, 'waits for a slot', 'waits'] },
        ],
        columns,
      ),
    );
  const words = known.child?.seen?.words(now);
  if (words) return processLine(name, words, took, columns);
  const fraction = progress !== undefined && progress.fraction > 0 ? Math.min(1, progress.fraction) : undefined;
  const left = leftMs(took, fraction, known.fractionAtMs ?? took, known.expectedMs);
  const said = progress?.message || (node.kind === 'node' ? '' : node.summary);
  return fitParts(
    [
      name,
      ...(known.differs === undefined ? [] : [{ rank: 4, texts: [known.differs], paint: colours.dim }]),
      ...barParts(fraction),
      ...(said ? [{ rank: 3, texts: [said] }] : []),
      timePart(took, left),
      ...(attempt > 1
        ? [
            {
              rank: 2,
              texts: [
                `attempt ${attempt}${lastFailure ? ` after: ${firstLine(lastFailure)}` : ''}`,
                `attempt ${attempt}`,
              ],
              paint: colours.yellow,
            },
          ]
        : []),
    ],
    columns,
  );
}

/** A durable process, as it says of itself where it stands. */
function processLine(
  name: FitPart,
  { fraction, leftMs: left, parts }: ProcessWords,
  took: number,
  columns: number,
): string {
  return fitParts([name, ...barParts(fraction), ...parts, { ...timePart(took, left), rank: 3 }], columns);
}

/** Many calls alike of which some run, such as those of a map. */
export function boxLine({ title, calls, scope }: Box, now: number, columns = Infinity): string {
  const ended = calls.filter(hasEnded);
  const of = (state: GraphNode['state']): number => calls.filter((call) => call.state === state).length;
  const started = Math.min(...calls.flatMap(({ startedAt }) => startedAt ?? []));
  const took = Number.isFinite(started) ? Math.max(0, now - started) : 0;
  const computed = ended.length - of('found');
  // The first ones also load what the others find loaded.
  const left = computed < 2 ? undefined : (took / computed) * (calls.length - ended.length);
  const failed = of('failed');
  return fitParts(
    [
      { rank: 0, texts: [`${STATES.running.glyph} ${scope === '' ? title : `${scope}/${title}`}`], paint: paintSign },
      ...barParts(ended.length / calls.length),
      { rank: 1, texts: [`${ended.length}/${calls.length}`] },
      { rank: 3, texts: [`${of('running')} running`] },
      ...(failed > 0 ? [{ rank: 2, texts: [`${failed} failed`], paint: colours.red }] : []),
      timePart(took, left),
    ],
    columns,
  );
}

function paintSign(text: string): string {
  return `${COLOURS.running(text.slice(0, 1))}${text.slice(1)}`;
}

function barParts(fraction: number | undefined): FitPart[] {
  if (fraction === undefined) return [];
  const percent = `${String(Math.round(fraction * 100)).padStart(3)} %`;
  return [{ rank: 5, texts: [`${bar(fraction)} ${percent}`, `${bar(fraction, 8)} ${percent}`, percent] }];
}

function timePart(took: number, left: number | undefined): FitPart {
  const said = sayLeft(left);
  const texts =
    said === undefined ? [sayDuration(took)] : [`${sayDuration(took)}, ${said}`, said.replace('about ', '')];
  return { rank: 2, texts, paint: colours.dim };
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
  if (fraction !== undefined && fraction >= 0.05) return Math.max(0, fractionAtMs / fraction - tookMs);
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
