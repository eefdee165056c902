import { fork, type ChildProcess } from 'node:child_process';
import { compiled } from '../project/package-root.js';
import { newMark, watchNoMore, watchOver } from './death-watch.js';
import { executorNodeOptions } from './node-options.js';
import { OutputLines } from './output-lines.js';
import { endTree, hasLeft, MARK_VARIABLE, type Tree } from './process-tree.js';
import { SETUP_VARIABLE, type ExecutorSetup, type ToExecutor } from './protocol.js';
import type { Redactor } from './redactor.js';

/** An executor as a process: it leads a group, and all that comes from it ends with it. */
export class ExecutorProcess {
  readonly child: ChildProcess;
  readonly tree: Tree;
  readonly output: OutputLines;
  /** Whether it takes nodes at once: it has started up. */
  isReady = false;
  #ending: Promise<void> | undefined;

  constructor(setup: ExecutorSetup, redactor: Redactor) {
    const mark = newMark();
    this.child = fork(compiled('worker', 'executor-main.js'), {
      // All that is said is JSON. `advanced` makes a serializer for each message, and costs twice as much.
      serialization: 'json',
      execArgv: executorNodeOptions(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: {
        ...process.env,
        [SETUP_VARIABLE]: JSON.stringify(setup),
        [MARK_VARIABLE]: mark,
        CUDA_VISIBLE_DEVICES: setup.gpu === undefined ? '' : String(setup.gpu.number),
        TF_NUM_INTRAOP_THREADS: String(setup.threads),
        TF_NUM_INTEROP_THREADS: '1',
        OMP_NUM_THREADS: String(setup.threads),
      },
    });
    this.tree = { pid: this.child.pid ?? 0, mark };
    this.output = new OutputLines([this.child.stdout, this.child.stderr], redactor);
    this.child.on('error', () => undefined);
    this.child.once('message', () => (this.isReady = true));
    if (this.child.pid === undefined) return;
    watchOver(this.tree);
    // However it ends: what it has started does not go on.
    this.child.once('exit', () => {
      void this.end();
      watchNoMore(this.tree);
    });
  }

  get connected(): boolean {
    return this.child.connected;
  }

  send(message: ToExecutor): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** Kills it with all that it has started. Resolves when nothing of that is left. */
  end(): Promise<void> {
    this.#ending ??= this.tree.pid === 0 ? Promise.resolve() : endTree(this.tree);
    return this.#ending;
  }

  /** Whether something goes on that a node of it has started. */
  hasLeft(): Promise<boolean> {
    return hasLeft(this.tree);
  }
}
