import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestText } from '../core/digest.js';
import type { Json } from '../core/json.js';
import type { Reported } from '../core/task.js';
import { Executor, type Executed } from './executor.js';
import type { ExecutorSetup, RunMessage } from './protocol.js';

const root = path.resolve(import.meta.dirname, '..');

/** A folder with one node, `toy.node` with the parameter `how`, whose work is the given lines of JavaScript. */
export class ToyNode {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'trainyard-executor-'));
  readonly module = path.join(this.folder, 'node.mjs');
  readonly #executors: Executor[] = [];

  constructor(work: string, imports = '') {
    mkdirSync(path.join(this.folder, 'node_modules'));
    symlinkSync(root, path.join(this.folder, 'node_modules', 'trainyard'));
    symlinkSync(path.join(root, 'node_modules', 'zod'), path.join(this.folder, 'node_modules', 'zod'));
    writeFileSync(
      this.module,
      `${imports}
import { json, node } from 'trainyard';
import { implement } from 'trainyard/worker';
import { z } from 'zod';
const toy = node({ name: 'toy.node', version: '1', params: z.object({ how: z.any() }), inputs: {}, outputs: json(z.any()) });
export const toyNode = implement(toy, async ({ params: { how }, ctx }) => {
${work}
});
`,
    );
  }

  setup(secrets: ExecutorSetup['secrets'] = {}, worker = process.pid): ExecutorSetup {
    return {
      worker,
      store: pathToFileURL(path.join(this.folder, 'store')).href,
      scratch: path.join(this.folder, 'scratch'),
      device: 'cpu',
      threads: 1,
      configFile: '',
      secrets,
    };
  }

  executor(secrets: ExecutorSetup['secrets'] = {}): Executor {
    const executor = new Executor(this.setup(secrets));
    this.#executors.push(executor);
    return executor;
  }

  message(how: Json): RunMessage {
    return {
      type: 'run',
      module: this.module,
      exportName: 'toyNode',
      packages: [],
      attempt: 1,
      task: {
        run: { id: 'r', lineage: 'r', pipeline: 'p', cause: null },
        node: 'toy.node',
        version: '1',
        code: 'c',
        key: digestText(JSON.stringify(how)),
        params: { how },
        inputs: {},
        threads: 1,
        scope: '',
        call: 'n1',
        pool: 'default',
        settings: { attempts: 1, light: false },
      },
    };
  }

  close(): void {
    for (const executor of this.#executors) executor.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a worker is told of a node, gathered. */
export class Told {
  readonly lines: string[] = [];
  readonly progress: (string | undefined)[] = [];
  readonly stop = new AbortController();
  onLine: (line: string) => void = () => undefined;
  onReport: (step: number, value: Reported | null) => void = () => undefined;

  run(executor: Executor, message: RunMessage, memory?: number): Promise<Executed | undefined> {
    return executor.run(message, {
      signal: this.stop.signal,
      memory,
      onBegin: () => undefined,
      onReport: (step, value) => this.onReport(step, value),
      onProgress: (_, words) => this.progress.push(words),
      onLog: (line) => {
        this.lines.push(line);
        this.onLine(line);
      },
    });
  }
}
