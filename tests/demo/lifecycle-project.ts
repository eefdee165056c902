import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphRecord } from '../../core/graph.js';
import { canonical, type Json } from '../../core/json.js';
import { FileStore, readGraph, readRun, type RunEnd } from '../../store/index.js';
import { DemoProject, sleep, type Running } from './demo-project.js';

/** A model's life in one run: from rows to a served version, with a word to the outside at three of its steps. */
const PIPELINE = `import { pipeline, tune } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as deploy from 'trainyard/plugins/deploy';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as train from 'trainyard/plugins/train';
import { float, int } from 'trainyard/search';
import { tell } from '../nodes/outside/index.js';
import { penguin } from './penguin.js';

export default pipeline('lifecycle', {}, async () => {
  const raw = ingest.csv({ source: 'data/penguins.csv', schema: penguin });
  const table = clean.table({ table: raw, rules: [{ rule: 'require', columns: ['species', 'body_mass_g'] }] });
  tell({ what: 'the data is in', table });
  const parts = split.stratified({ table, label: 'species', test: 0.2, validation: 0.2 });
  const recipe = { numeric: ['bill_length_mm', 'body_mass_g'], categorical: ['sex'], label: 'species' };
  const data = { train: parts.train, validation: parts.validation, prep: features.fit({ table: parts.train, recipe }) };
  const shared = { label: 'species', patience: 3000, checkpointSeconds: 0 };
  const tuned = tune(train.net, data, {
    space: { units: int(4, 16, { log: true }), learningRate: float(1e-3, 3e-2, { log: true }) },
    trials: 4,
    objective: 'figures.f1.macro',
    params: { ...shared, epochs: 30 },
  });
  const fitted = train.net({ ...data, ...shared, ...(await tuned.params), epochs: 1500 });
  tell({ what: 'a model is trained', model: fitted.model });
  const report = evaluate.final({ model: fitted.model, test: parts.test });
  const serving = (await deploy.current({ name: 'chaos' })).value;
  const deployed = deploy.endpoint({ model: fitted.model, evidence: report, name: 'chaos', expected: serving?.version ?? null });
  tell({ what: 'it serves', served: deployed });
  return deployed;
});
`;
const CONTRACT = `import { json, model, node, optional, table } from 'trainyard';
import { z } from 'zod';

/** Tells a service outside, which counts what it is told, each token once. */
export const tell = node({
  name: 'outside.tell',
  version: '1',
  params: z.object({ what: z.string() }),
  inputs: { table: optional(table), model: optional(model), served: optional(json(z.unknown())) },
  outputs: json(z.object({ told: z.string() })),
  effect: true,
});
`;
const WORKER = `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { implement } from 'trainyard/worker';
import { tell } from './index.js';

export const tellIt = implement(tell, ({ params: { what }, ctx }) => {
  const folder = process.env.TRAINYARD_OUTSIDE + '/tokens';
  mkdirSync(folder, { recursive: true });
  appendFileSync(process.env.TRAINYARD_OUTSIDE + '/requests.txt', what + '\\n');
  try {
    writeFileSync(folder + '/' + ctx.run.lineage + ' ' + what, '', { flag: 'wx' });
    appendFileSync(process.env.TRAINYARD_OUTSIDE + '/counted.txt', what + '\\n');
  } catch {
    // An earlier attempt came this far.
  }
  return { value: { told: what } };
});
`;
const CONFIG = `import { defineConfig } from 'trainyard';
export default defineConfig({
  name: 'lifecycle',
  heartbeat: '5 seconds',
  pipelines: ['./pipelines/lifecycle.ts'],
  plugins: ['./nodes/outside'],
  pools: { cpu: { slots: 2 } },
  temporal: { port: 0, uiPort: 0 },
  redis: { port: 0 },
  server: { port: 0 },
});
`;

/** What every run of the lifecycle tells the outside, once. */
export const TOLD = ['a model is trained', 'it serves', 'the data is in'];

/** The lifecycle as a project that can be killed in part or as a whole, and started again. */
export class LifecycleProject extends DemoProject {
  #dev: Running | undefined;
  readonly #store: FileStore;

  constructor() {
    super();
    for (const folder of ['nodes/outside', 'outside']) mkdirSync(path.join(this.folder, folder), { recursive: true });
    const files = {
      'pipelines/lifecycle.ts': PIPELINE,
      'nodes/outside/index.ts': CONTRACT,
      'nodes/outside/worker.ts': WORKER,
      'temporal.config.ts': CONFIG,
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(this.folder, file), text);
    this.#store = new FileStore(path.join(this.folder, '.trainyard', 'store'));
  }

  /** Temporal, Valkey, the server and a worker, or those of them that were killed. */
  async dev(): Promise<void> {
    const program = [this.program, '--config', this.folder, 'dev', '--json'];
    this.#dev = this.start(process.execPath, program, { TRAINYARD_OUTSIDE: path.join(this.folder, 'outside') });
    await this.#dev.says(/"worker":/, 300_000);
  }

  async stop(): Promise<void> {
    if (this.#dev) process.kill(this.#dev.pid, 'SIGINT');
    await this.#dev?.ended;
  }

  /** How many executions of nodes are on record, of all runs. */
  executed(): number {
    const lineage = path.join(this.folder, '.trainyard', 'store', 'records', 'lineage');
    if (!existsSync(lineage)) return 0;
    return readdirSync(lineage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  }

  async end(run: string): Promise<RunEnd | undefined> {
    return (await readRun(this.#store, run))?.end ?? undefined;
  }

  /** Waits for a run's end. */
  async ended(run: string): Promise<RunEnd> {
    for (;;) {
      const end = await this.end(run);
      if (end) return end;
      await sleep(200);
    }
  }

  /** Digests of everything that a run and its study have made, by call; of the deployment, which version serves. */
  async digests(run: string): Promise<string[]> {
    const graphs = await Promise.all([run, `${run}/tune`].map((id) => readGraph(this.#store, id)));
    return graphs
      .flatMap((graph) => (graph as unknown as GraphRecord | null)?.nodes ?? [])
      .filter(({ kind }) => kind === 'node')
      .map(({ node, scope, params, outputs }) =>
        canonical([
          node,
          scope,
          params ?? null,
          // It also says whether Valkey was there to announce it.
          node === 'deploy.endpoint'
            ? versionIn(outputs?.['out']?.value)
            : Object.entries(outputs ?? {}).map(([port, { digest }]) => [port, digest]),
        ]),
      )
      .sort();
  }

  /** What the service outside has counted. */
  counted(): string[] {
    const file = path.join(this.folder, 'outside', 'counted.txt');
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .sort()
      : [];
  }
}

function versionIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && 'version' in value ? Number(value.version) : null;
}
