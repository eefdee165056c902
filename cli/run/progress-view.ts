import { runningOf, type Running } from '../../client/run/running.js';
import type { RunMoment } from '../../client/run/run-watch.js';
import { CATALOGUE } from '@trainyard/errors';
import { approvalName, type GraphNode, type GraphRecord } from '../../core/graph.js';
import { canRedraw, columnsOf, LiveRegion } from '../live-region.js';
import { colours, note, print } from '../terminal.js';
import { callMs, differences, fold } from '../../client/graph/index.js';
import { boxLine, countLine, endedLines, hasEnded, nameOf, runningLine, signOf, type Known } from './progress-lines.js';

/** Running nodes shown at once. */
const MOST_RUNNING = 12;
/** Without a terminal a running node is told of this often, ms. */
const PLAIN_EVERY_MS = 10_000;

/**
 * Shows a run in the terminal: nodes that ended are printed for good, those that run are drawn below, again and again.
 * Without a terminal these are plain lines, told now and then. With `quiet` only troubles are said, on the error stream.
 */
export class ProgressView {
  readonly #region: LiveRegion | undefined;
  readonly #quiet: boolean;
  readonly #run: string;
  readonly #told = new Set<string>();
  readonly #toldAt = new Map<string, { readonly at: number; readonly text: string }>();
  readonly #fractions = new Map<string, { readonly fraction: number; readonly atMs: number }>();
  readonly #training: ((node: GraphNode) => string) | undefined;
  #trouble: string | undefined;
  /** How long nodes took earlier, ms, by their names. */
  expected: ReadonlyMap<string, number> = new Map();

  constructor(
    run: string,
    options: { readonly quiet?: boolean; readonly training?: (node: GraphNode) => string } = {},
  ) {
    this.#run = run;
    this.#quiet = options.quiet ?? false;
    this.#training = options.training;
    this.#region = !this.#quiet && canRedraw() ? new LiveRegion() : undefined;
  }

  show(moment: RunMoment): void {
    this.#tellTrouble(moment);
    const { graph } = moment;
    if (!graph || this.#quiet) return;
    this.#tellTraining(graph.nodes);
    const { children } = moment;
    // How a child ended is heard a moment after it has.
    const isHeard = (node: GraphNode): boolean =>
      node.kind !== 'child' || moment.closed || (children.get(node.call)?.final ?? false);
    const ended = graph.nodes.filter((node) => !this.#told.has(node.call) && hasEnded(node) && isHeard(node));
    for (const node of ended) this.#told.add(node.call);
    const differs = differences(graph.nodes);
    for (const line of endedLines(ended, children, differs)) this.#print(line);
    this.#tellQuestions(graph.nodes);
    if (moment.closed) return this.end();
    const now = Date.now();
    const lines = this.#running(moment, graph, differs, now);
    if (!this.#region) {
      for (const { name, line } of lines) this.#tellNowAndThen(name, line, now);
      return;
    }
    const shown = lines.slice(0, MOST_RUNNING).map(({ line }) => line);
    if (lines.length > MOST_RUNNING) shown.push(colours.dim(`  … and ${lines.length - MOST_RUNNING} more`));
    this.#region.show([...shown, colours.dim(countLine(graph, now))]);
  }

  end(): void {
    this.#region?.clear();
  }

  /** The folder whose disk is full, or none any more. */
  tellSpace(full: string | undefined): void {
    if (full === undefined) return this.#warn('there is space on the disk again');
    const { remedy } = CATALOGUE['TY-STORE-FULL'];
    this.#warn(`the disk of ${full} is full: the run may stand still\n  to do:    ${remedy}\n  [TY-STORE-FULL]`);
  }

  #tellTrouble({ trouble, pool, reason }: RunMoment): void {
    const name = trouble === undefined ? undefined : `${trouble} ${pool ?? reason ?? ''}`;
    if (name === this.#trouble) return;
    const before = this.#trouble;
    this.#trouble = name;
    if (trouble === 'no-worker') {
      const what = pool === undefined ? 'no worker listens for this run' : `no worker serves pool "${pool}"`;
      this.#warn(`${what}; it waits\n  to do:    ${CATALOGUE['TY-WORKER-NONE'].remedy}\n  [TY-WORKER-NONE]`);
    } else if (trouble === 'code-fails')
      this.#warn(
        `the code of the pipeline fails in its Workflow: ${reason ?? ''}; it is tried again and again\n  to do:    correct it and start the worker again, or trainyard cancel ${this.#run}\n  [TY-CODE]`,
      );
    else if (trouble === 'temporal-away')
      this.#warn(
        'Temporal does not answer; it is asked again until it does. Ctrl-C stops following, not the run.\n  [TY-TEMPORAL-AWAY]',
      );
    else this.#warn(before?.startsWith('temporal') ? 'Temporal answers again' : 'the run goes on');
  }

  /** A line for each running call; one for all of a map. */
  #running(
    { pending, children }: RunMoment,
    graph: GraphRecord,
    differs: ReadonlyMap<string, string>,
    now: number,
  ): { name: string; line: string }[] {
    const columns = this.#region === undefined ? Infinity : columnsOf();
    const many = fold(graph).boxes.filter(({ calls }) => calls.length > 1);
    const within = new Map(many.flatMap((box) => box.calls.map(({ call }) => [call, box] as const)));
    const told = new Set<string>();
    return runningOf(graph, pending).flatMap((running) => {
      const { call } = running.node;
      const box = within.get(call);
      if (!box)
        return [
          {
            name: call,
            line: this.#line(running, { child: children.get(call), differs: differs.get(call) }, now, columns),
          },
        ];
      if (told.has(box.id)) return [];
      told.add(box.id);
      return [{ name: box.id, line: boxLine(box, now, columns) }];
    });
  }

  #line(running: Running, about: Pick<Known, 'child' | 'differs'>, now: number, columns: number): string {
    const { node, progress } = running;
    // A heartbeat lags behind: what counts is when a fraction was first heard of.
    const { call } = node;
    if (progress && this.#fractions.get(call)?.fraction !== progress.fraction)
      this.#fractions.set(call, { fraction: progress.fraction, atMs: callMs(node, now) ?? 0 });
    const known = { expectedMs: this.expected.get(node.node), fractionAtMs: this.#fractions.get(call)?.atMs, ...about };
    return runningLine(running, known, now, columns);
  }

  #tellQuestions(nodes: readonly GraphNode[]): void {
    for (const node of nodes) {
      const pause = `paused ${node.call} ${node.recoveries?.length ?? 0}`;
      if (node.state === 'paused' && !this.#told.has(pause)) {
        this.#told.add(pause);
        const how = ['retry', 'skip', 'fail']
          .map((verb) => `trainyard ${verb} ${this.#run} ${node.call}`)
          .join('\n    ');
        this.#print(
          `${signOf('paused')} ${nameOf(node)} failed and waits for you: ${node.error?.message ?? ''}\n    ${how}`,
        );
      }
      if (node.kind !== 'approval' || node.state !== 'waiting' || this.#told.has(`asked ${node.call}`)) continue;
      this.#told.add(`asked ${node.call}`);
      this.#print(
        `${colours.yellow('?')} ${nameOf(node)}: ${node.summary ?? 'waits for a decision'}\n    yes: trainyard approve ${this.#run} "${approvalName({ ...node, name: node.node })}"    no: add --no`,
      );
    }
  }

  /** What trains, once. */
  #tellTraining(nodes: readonly GraphNode[]): void {
    if (!this.#training || this.#told.has('training')) return;
    const trained = nodes.find(({ backend }) => backend !== undefined);
    if (!trained) return;
    this.#told.add('training');
    this.#print(colours.dim(`training on ${this.#training(trained)}`));
  }

  #tellNowAndThen(call: string, text: string, now: number): void {
    const before = this.#toldAt.get(call);
    if (before && (now - before.at < PLAIN_EVERY_MS || before.text === text)) return;
    this.#toldAt.set(call, { at: now, text });
    // The first moment of a node is not worth a line: most end soon.
    if (before) print(text);
  }

  #print(text: string): void {
    if (this.#region) this.#region.print(text);
    else print(text);
  }

  #warn(text: string): void {
    if (this.#region) this.#region.print(colours.yellow(text));
    else note(text);
  }
}
