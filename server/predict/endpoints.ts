import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { aliasChannel } from '../../core/ids.js';
import { projectOfQueue } from '../../core/queues.js';
import type { ProjectAccess } from '../../client/homes.js';
import { listModels, readAliases } from '../../client/registry/models.js';
import { Artifacts, type Store } from '../../store/index.js';
import { AssignmentFiles } from './assignment-files.js';
import { Endpoint } from './endpoint.js';
import type { Scoring } from './scoring/place.js';
import type { TrafficPlan } from '../../core/traffic.js';
import type { Assignment, ModelHome } from './served-version.js';
import type { ArmWatch } from './traffic.js';

export interface EndpointsOptions {
  readonly access: ProjectAccess;
  readonly store: Store;
  readonly redis?: Redis | undefined;
  /** Folder for the last known assignments. */
  readonly folder: string;
  /** The alias that endpoints follow. */
  readonly alias: string;
  /** How often the registry is looked at when nothing is announced, in milliseconds. */
  readonly pollMs: number;
  readonly log: FastifyBaseLogger;
  /** How its versions score what takes long. */
  readonly scoring: Scoring;
  /** Is told what the arms of traffic plans do. */
  readonly watch: ArmWatch;
}

/** Longest wait for one answer of Temporal, in milliseconds. */
const LOOK_MS = 3000;
/** Longest wait for the first look at the registry, in milliseconds. */
const START_MS = 5000;
/** An unknown name is looked up at most this often, in milliseconds. */
const UNKNOWN_MS = 1000;

/**
 * The endpoints of this server. Each follows its model's alias: announced by Redis, looked up in the registry, which
 * alone is believed. When either is away, what was known last goes on being served.
 */
export class Endpoints {
  readonly #options: EndpointsOptions;
  readonly #home: ModelHome;
  readonly #files: AssignmentFiles;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #looks = new Map<string, { running: Promise<void>; again: boolean }>();
  #subscriber: Redis | undefined;
  #poll: NodeJS.Timeout | undefined;
  #lastUnknown = -Infinity;
  #closed = false;

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.#home = { artifacts: new Artifacts(options.store), scoring: options.scoring };
    this.#files = new AssignmentFiles(options.folder);
  }

  /** Loads what was served last, then what the registry says; returns also when Temporal or Redis is away. */
  async start(): Promise<void> {
    const known = await this.#files.load();
    await Promise.all(
      known.map(({ endpoint, assignment, traffic }) => this.#serveKnown(endpoint, assignment, traffic)),
    );
    this.#subscribe();
    // A Temporal that answers slowly does not keep the server from its other routes: what is found later is served from then on.
    await Promise.race([this.#lookAtAll(), new Promise((resolve) => setTimeout(resolve, START_MS).unref())]);
  }

  async #serveKnown(name: string, assignment: Assignment, plan: TrafficPlan | undefined): Promise<void> {
    const endpoint = this.#endpoint(name);
    if ((await endpoint.assign(assignment)) && (await endpoint.follow(plan))) return;
    this.#options.log.error({ endpoint: name, problem: endpoint.problem }, 'the version served last cannot be served');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#poll);
    this.#subscriber?.disconnect();
    await Promise.all([...this.#looks.values()].map(({ running }) => running));
    for (const endpoint of this.#endpoints.values()) endpoint.close();
  }

  names(): string[] {
    return [...this.#endpoints.keys()].sort();
  }

  /** An endpoint that is known already: asked for each request. */
  known(name: string): Endpoint | undefined {
    return this.#endpoints.get(name);
  }

  /** An endpoint by name. Throws TY-ENDPOINT-UNKNOWN, naming the nearest. */
  async get(name: string): Promise<Endpoint> {
    const found = this.#endpoints.get(name) ?? (await this.#lookForUnknown(name));
    if (found) return found;
    throw new TrainyardError('TY-ENDPOINT-UNKNOWN', {
      what: `no endpoint "${name}" is served here; ${sayNearest(name, this.names())}`,
    });
  }

  async #lookForUnknown(name: string): Promise<Endpoint | undefined> {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) return undefined;
    if (!this.#looks.has(name)) {
      if (performance.now() - this.#lastUnknown < UNKNOWN_MS) return undefined;
      this.#lastUnknown = performance.now();
    }
    await this.#look(name);
    return this.#endpoints.get(name);
  }

  #endpoint(name: string): Endpoint {
    let endpoint = this.#endpoints.get(name);
    if (!endpoint) this.#endpoints.set(name, (endpoint = new Endpoint(name, this.#home, this.#options.watch)));
    return endpoint;
  }

  #subscribe(): void {
    const { redis, log, access } = this.#options;
    if (!redis) return;
    const subscriber = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
    this.#subscriber = subscriber;
    subscriber.on('error', (error) => log.debug({ err: error }, 'Redis is away: aliases are followed by polling'));
    subscriber.on('message', (_channel, message) => {
      const model = modelOf(message);
      if (model !== undefined) void this.#look(model);
    });
    // What was announced while the connection was away is caught up with at once.
    subscriber.on('ready', () => void this.#lookAtKnown());
    void subscriber.subscribe(aliasChannel(projectOfQueue(access.taskQueue))).catch(() => undefined);
  }

  async #lookAtAll(): Promise<void> {
    const { access, log, pollMs } = this.#options;
    try {
      const listed = await access.temporal.withDeadline(Date.now() + LOOK_MS, () => listModels(access));
      await Promise.all([...new Set([...listed.map(({ model }) => model), ...this.names()])].map((m) => this.#look(m)));
    } catch (error) {
      log.debug({ err: error }, 'Temporal is away: the last known versions are served');
    }
    if (this.#closed) return;
    this.#poll = setTimeout(() => void this.#lookAtAll(), pollMs);
    this.#poll.unref();
  }

  async #lookAtKnown(): Promise<void> {
    await Promise.all(this.names().map((name) => this.#look(name)));
  }

  /** Looks where a model's alias stands, one look at a time, so that an older answer never follows a newer one. */
  #look(model: string): Promise<void> {
    const now = this.#looks.get(model);
    if (now) {
      now.again = true;
      return now.running;
    }
    const look = { again: false, running: Promise.resolve() };
    this.#looks.set(model, look);
    look.running = (async () => {
      do {
        look.again = false;
        await this.#follow(model);
      } while (look.again && !this.#closed);
      this.#looks.delete(model);
    })();
    return look.running;
  }

  /** True where another version, or the same by another move, serves now. */
  async #serve(endpoint: Endpoint, assignment: Assignment): Promise<boolean> {
    const before = endpoint.assignment;
    const { version, move, model } = assignment;
    if (before?.version === version && before.move === move && before.model.digest === model.digest) return false;
    if (!(await endpoint.assign(assignment))) return false;
    this.#options.log.info({ endpoint: endpoint.name, version, before: before?.version }, 'a version took over');
    return true;
  }

  async #follow(model: string): Promise<void> {
    const { access, alias, log } = this.#options;
    try {
      const found = await access.temporal.withDeadline(Date.now() + LOOK_MS, () => readAliases(access, model));
      // Known nowhere, as after the loss of Temporal's data: what is served stays.
      if (!found || this.#closed) return;
      const assignment = found.aliases[alias];
      if (!assignment) {
        const gone = this.#endpoints.get(model);
        if (!gone) return;
        this.#endpoints.delete(model);
        gone.close();
        await this.#files.forget(model);
        return;
      }
      const endpoint = this.#endpoint(model);
      const former = endpoint.problem;
      const moved = await this.#serve(endpoint, assignment);
      const planned = endpoint.plan?.number !== found.traffic?.number && (await endpoint.follow(found.traffic));
      if (planned)
        log.info({ endpoint: model, plan: found.traffic?.number ?? null }, 'another traffic plan is followed');
      if (endpoint.problem !== undefined && endpoint.problem !== former)
        log.error({ endpoint: model, problem: endpoint.problem }, 'a new version or plan could not take over');
      if ((moved || planned) && endpoint.assignment) await this.#files.save(model, endpoint.assignment, endpoint.plan);
    } catch (error) {
      log.debug({ err: error, endpoint: model }, 'the registry could not be asked: the last known version is served');
    }
  }
}

function modelOf(message: string): string | undefined {
  try {
    const { model } = JSON.parse(message) as { model?: unknown };
    return typeof model === 'string' ? model : undefined;
  } catch {
    return undefined;
  }
}
