import { z } from 'zod';
import { durationMs, sizeBytes } from './duration.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';

const port = z.number().int().min(0).max(65_535);
const memory = z.string().refine((size) => sizeBytes(size) !== undefined, "a size such as '2GB'");

const pool = z.strictObject({
  /** Nodes that may run at once. Default: one for each device, or one. */
  slots: z.number().int().min(1).max(512).optional(),
  /** Cores that one slot gives a node. Default 1. */
  cpu: z.number().int().min(1).default(1),
  /** Most memory of one slot; a node that takes more is ended. */
  memory: memory.optional(),
  /** Device numbers (GPUs); each slot is pinned to one. */
  devices: z.array(z.number().int().min(0)).optional(),
  labels: z.record(z.string(), z.string()).default({}),
  /**
   * What TensorFlow computes on in this pool: part of the key of what is trained. Default: `cuda` with devices, else native
   * where it is installed beside the Workflows, else WebAssembly.
   */
  backend: z.enum(['native', 'wasm', 'cuda']).optional(),
});

/** What TensorFlow computes on: the native library, WebAssembly, or the native library on a device. */
export type Backend = 'native' | 'wasm' | 'cuda';

const duration = z
  .string()
  .refine((text) => (durationMs(text) ?? 0) >= 1_000, "a duration of at least a second, such as '12 seconds'");

const secret = z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]);

const hostName = z
  .string()
  .regex(
    /^(\*|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/,
    "a name without scheme and port, such as 'ml.example.org', or '*'",
  )
  .transform((name) => name.toLowerCase());

const redisUrl = z
  .string()
  .refine(
    (url) => !/^[a-z]+:\/\/[^/@]*:[^/@]+@/i.test(url),
    "it holds a password, which would be exported and shared with the file: put the URL into the environment and give { env: 'REDIS_URL' }",
  );

const perMinute = z.union([z.number().int().min(1), z.literal(false)]);

/** How often one caller of the HTTP server may ask in a minute, by its key, else by its address; `false` for no limit. */
export const limitsSchema = z.strictObject({
  /** Requests for predictions, each of one row or many. */
  predictions: perMinute.default(60_000),
  /** Approvals and other decisions about runs. */
  decisions: perMinute.default(600),
  /** Attempts to sign in. */
  signIns: perMinute.default(20),
});

/** Most requests of one caller in a minute, by what is asked. */
export type Limits = z.output<typeof limitsSchema>;

/** How the HTTP server scores what takes long. */
export const scoringSchema = z.strictObject({
  /** Rows that wait for one version of a model at most; beyond it requests are refused. */
  waitingRows: z.number().int().min(1).default(20_000),
  /** A request for predictions that is not answered by then is dropped. */
  timeout: duration.default('30 seconds'),
  /** Models whose rows take long are scored in a process of their own. */
  apart: z.boolean().default(true),
});

const webhookSchema = z.strictObject({
  /** By which deliveries are counted: who renames it is told what comes from then on. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, a letter first'),
  /** Where events are sent to, or the secret that says it. */
  url: z.union([
    z.url({ protocol: /^https?$/, error: "an address such as 'https://ops.example.org/hooks'" }),
    z.strictObject({ secret: z.string() }),
  ]),
  /** Name of the secret that events are signed with. */
  secret: z.string(),
  /** Models whose events are sent. Default: all. */
  models: z.array(z.string()).optional(),
});

/** A receiver of events, as the configuration names it. */
export type Webhook = z.output<typeof webhookSchema>;

export const configSchema = z.strictObject({
  /** A folder, relative to this file, whose own `temporal.config.ts` says all: commands work here as they do there. */
  project: z.string().min(1).optional(),
  /** Name of the project, for its task queues. Default: that of its package.json, or of its folder. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens')
    .optional(),
  /** A worker that is silent for longer is given up, and its nodes run elsewhere. Default 12 seconds. */
  heartbeat: duration.default('12 seconds'),
  /** Modules that export pipelines, as paths relative to this file. */
  pipelines: z.array(z.string()).default([]),
  /** Packages or folders with contracts (entry `.`) and implementations (entry `./worker`). The built-in ones are always there. */
  plugins: z.array(z.string()).default([]),
  /** A Temporal to connect to. Without an address `trainyard dev` starts one. */
  temporal: z
    .strictObject({
      address: z.string().optional(),
      namespace: z.string().default('default'),
      /** Ports of the Temporal that `trainyard dev` starts. */
      port: port.optional(),
      uiPort: port.optional(),
      tls: z.boolean().default(false),
      apiKey: secret.optional(),
    })
    .prefault({}),
  /** A Redis or Valkey to connect to. Without a URL `trainyard dev` starts one. A URL with a password is read from elsewhere. */
  redis: z.strictObject({ url: z.union([secret, redisUrl]).optional(), port: port.optional() }).prefault({}),
  /** Where artifacts and records are kept: a folder. */
  store: z.string().default('.trainyard/store'),
  /** Worker slots by name. */
  pools: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), pool).prefault({ cpu: { slots: 2 } }),
  /** The HTTP server of `trainyard dev` and `trainyard serve`. */
  server: z
    .strictObject({
      /** Address to listen at. Beyond this machine a key is asked for also where nothing is changed. */
      host: z.string().min(1).default('127.0.0.1'),
      port: port.optional(),
      /** Further names that requests may address it by: behind a proxy, in a container. `*` for any. */
      hosts: z.array(hostName).default([]),
      /** Beyond this machine, let predictions be asked for without a key all the same. */
      openPredictions: z.boolean().default(false),
      /** How often one caller may ask. */
      limits: limitsSchema.prefault({}),
      /** How it scores what takes long. */
      scoring: scoringSchema.prefault({}),
    })
    .prefault({}),
  /** Who is told of changes of models, over HTTP: each event signed, in order, until it is acknowledged. */
  webhooks: z
    .array(webhookSchema)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two have one name')
    .default([]),
  /** Secrets by the name that nodes ask for: where to read them, never their values. */
  secrets: z.record(z.string(), secret).default({}),
});

/** `temporal.config.ts` as its author writes it. */
export type ConfigInput = z.input<typeof configSchema>;
/** The configuration with its defaults. */
export type Config = z.output<typeof configSchema>;

/** Types `temporal.config.ts`; it is checked when it is loaded, with a message per field. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** The configuration of a module's default export; throws TY-CONFIG naming every field that is wrong. */
export function parseConfig(given: unknown, file: string): Config {
  const parsed = configSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => sayIssue(issue));
    throw new TrainyardError('TY-CONFIG', {
      what: `temporal.config.ts has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((problem) => `    ${problem}`).join('\n')}`,
      where: { file, field: parsed.error.issues[0]?.path.join('.') || undefined },
    });
  }
  const beside =
    parsed.data.project === undefined ? [] : Object.keys(given as object).filter((name) => name !== 'project');
  if (beside.length > 0) {
    throw new TrainyardError('TY-CONFIG', {
      what: 'project names a folder whose own temporal.config.ts says all, so no other field may stand beside it',
      where: { file, field: beside[0] },
      actual: beside.join(', '),
      remedy: 'move the other fields into the configuration of that folder',
    });
  }
  for (const [name, one] of Object.entries(parsed.data.pools)) {
    if (one.devices && one.slots !== undefined && one.slots % one.devices.length !== 0) {
      throw new TrainyardError('TY-CONFIG', {
        what: `pools.${name}.slots cannot be shared evenly by its devices`,
        where: { file, field: `pools.${name}.slots` },
        expected: `a multiple of ${one.devices.length}`,
        actual: String(one.slots),
      });
    }
  }
  return parsed.data;
}

function sayIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys
      .map((key) => `${at === '' ? key : `${at}.${key}`}: no such field; ${sayNearest(key, known)}`)
      .join('\n    ');
  }
  return `${at || 'the default export'}: ${issue.message}`;
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const top = configSchema.shape as Record<string, unknown>;
  if (path.length === 0) return Object.keys(top);
  if (path[0] === 'pools') return Object.keys(pool.shape);
  let schema: unknown = top[String(path[0])];
  while (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) schema = schema.unwrap();
  return schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];
}

/** Slots of a pool: as stated, else one for each device, else one. */
export function slotsOf(one: Config['pools'][string]): number {
  return one.slots ?? one.devices?.length ?? 1;
}
