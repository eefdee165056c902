// Two projects of different names that share a Temporal and a Valkey, and call everything in them the same.
import { setTimeout as wait } from 'node:timers/promises';
import path from 'node:path';
import { connectTo } from '../../client/connect.js';
import type { TrainyardClient } from '../../client/client.js';
import type { MonitorConfig } from '../../client/monitor/monitors.js';
import { registerVersion } from '../../client/registry/models.js';
import { parseConfig } from '../../core/config.js';
import { digestText } from '../../core/digest.js';
import type { File, Ref } from '../../core/kinds.js';
import { projectOfQueue } from '../../core/queues.js';
import { PROFILE_FILE, profileOf } from '@trainyard/drift';
import { writeOutcomes } from '../../server/predict/outcomes.js';
import { PredictionLog } from '../../server/predict/prediction-log.js';
import { startValkey, type TemporalService, type ValkeyService } from '../../setup/index.js';
import { Artifacts } from '../../store/index.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import { Probe, startServer } from '../matrix/harness.js';

const text = (name: string, spec: string, params: string, body: string): string => `import { z } from 'zod';
import { approval, pipeline } from 'trainyard';
import { make } from '../nodes/probe/index.js';
export default pipeline('${name}', { params: z.object({ ${params} }), ${spec} }, ({ day, fresh }) => ${body});
`;
const PARAMS = `day: z.string().default('-'), fresh: z.unknown().optional()`;

/** The same pipelines in both. */
const PIPELINES: Readonly<Record<string, string>> = {
  daily: text('daily', '', PARAMS, `make({ label: day, n: 1, salt: 'daily' })`),
  timed: text('timed', `schedule: { every: '1 day' }`, PARAMS, `make({ label: 'timed', n: 1, salt: 'timed' })`),
  watching: text('watching', `trigger: { source: 'data', every: '1 second' }`, PARAMS, `make({ label: 'seen', n: 1 })`),
  retrain: text('retrain', '', PARAMS, `fresh ? 'no better' : 'without rows'`),
  asks: text('asks', '', PARAMS, `approval({ name: 'go', question: 'Go on?' })`),
};

/** A project with the client that its commands have. */
export interface OneOfTwo {
  readonly probe: Probe;
  readonly client: TrainyardClient;
  readonly project: string;
  readonly log: PredictionLog;
}

export class Pair {
  readonly server: TemporalService;
  readonly #valkey: ValkeyService;
  readonly zoo: OneOfTwo;
  readonly park: OneOfTwo;

  private constructor(server: TemporalService, valkey: ValkeyService, [zoo, park]: readonly [OneOfTwo, OneOfTwo]) {
    this.server = server;
    this.#valkey = valkey;
    this.zoo = zoo;
    this.park = park;
  }

  static async start(): Promise<Pair> {
    const [server, valkey] = await Promise.all([startServer(), startValkey({})]);
    return new Pair(server, valkey, [await Pair.#one(server, valkey), await Pair.#one(server, valkey)]);
  }

  static async #one(server: TemporalService, valkey: ValkeyService): Promise<OneOfTwo> {
    const probe = await Probe.start(server, { redis: valkey.url });
    for (const [name, code] of Object.entries(PIPELINES)) probe.write(`pipelines/${name}.ts`, code);
    await probe.reload();
    const project = projectOfQueue(probe.client.taskQueue);
    const [configFile, state] = [probe.path('temporal.config.ts'), probe.path('.trainyard')];
    const config = parseConfig({ name: project }, configFile);
    const base = { root: probe.folder, configFile, config, name: project, state, build: path.join(state, 'build') };
    const client = await connectTo(base);
    if (!client.redis) throw new Error('there is no Redis');
    return { probe, client, project, log: new PredictionLog(client.redis, project) };
  }

  get both(): readonly [OneOfTwo, OneOfTwo] {
    return [this.zoo, this.park];
  }

  async close(): Promise<void> {
    for (const { probe, client, log } of this.both) {
      await log.close();
      await client.close();
      await probe.close();
    }
    await Promise.all([this.server.stop(), this.#valkey.stop()]);
  }
}

const by = { by: 'test', why: 'to see' };

/** Registers a version whose run and model are named by the text. */
export function register({ client }: Pick<OneOfTwo, 'client'>, model: string, run: string) {
  const facts = { run, lineage: run, pipeline: 'p', metrics: {}, signature: null, evidence: null };
  return registerVersion(client, model, {
    model: { kind: 'model', digest: digestText(run), size: 1 },
    ...facts,
    ...by,
  });
}

const COLUMNS = [{ name: 'mass', type: 'number' }] as const;

/** Masses from 3 on, moved by `shift`. */
export function rows(count: number, shift: number): { mass: number }[] {
  return Array.from({ length: count }, (_, at) => ({ mass: 3 + (at % 50) / 25 + shift }));
}

/** A monitor's configuration: windows of 100 rows, one retraining on drift. */
export async function monitorConfig({ client }: OneOfTwo, endpoint: string): Promise<MonitorConfig> {
  const stored = await new Artifacts(client.store).write('file', {
    value: {},
    files: { [PROFILE_FILE]: JSON.stringify(profileOf(rows(500, 0), COLUMNS)) },
  });
  return {
    endpoint,
    columns: COLUMNS,
    label: { name: 'species', type: 'text' },
    reference: { kind: 'file', digest: stored.digest, size: stored.size } as Ref<File>,
    table: { kind: 'table', digest: digestText('training'), size: 0 },
    window: 100,
    alpha: 0.01,
    minEffect: 0.1,
    everyMs: 300,
    retrain: { pipeline: 'retrain', params: {}, leastLabelled: 50, cooldownMs: 600_000, most: 3 },
  };
}

/** Requests of ten rows each. */
export function requests(name: string, all: readonly { readonly mass: number }[]): LoggedRequest[] {
  return Array.from({ length: all.length / 10 }, (_, at) => {
    const part = all.slice(at * 10, at * 10 + 10);
    return {
      id: `${name}-${at}`,
      at: 1_700_000_000_000 + at,
      version: 1,
      rows: part,
      labels: part.map(() => 'Adelie'),
      probabilities: part.map(() => 0.9),
    };
  });
}

/** Logs requests as a server does, with the outcome of each of their rows. */
export async function logged(
  { client, project, log }: OneOfTwo,
  endpoint: string,
  all: readonly LoggedRequest[],
): Promise<void> {
  for (const request of all) {
    log.add(endpoint, request);
    const outcomes = request.rows.map((_, row) => ({ requestId: request.id, row, label: 'Adelie' }));
    await writeOutcomes(client.redis, { project, endpoint }, outcomes);
  }
  await until(async () => log.figures(endpoint).waiting === 0, 'the log is written');
}

export async function until(test: () => Promise<boolean>, what: string, ms = 60_000): Promise<void> {
  for (const end = performance.now() + ms; !(await test()); await wait(200))
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
}
