import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { connectTo } from '../../client/connect.js';
import { TrainyardError } from '@trainyard/errors';
import { readAddresses, writeAddresses } from '../../project/addresses.js';
import { projectSources } from '../../project/compile.js';
import { logFile, makeLog, type Log } from '../../project/log.js';
import { loadProject, type Project } from '../../project/project.js';
import { backendOf } from '../../project/workflow-bundle.js';
import { releaseClaim, takeClaim } from '../../setup/index.js';
import { openServer } from '../serve/open-server.js';
import { freePort } from './free-port.js';
import { startServices, type DevServices } from './services.js';
import { CodeWatch } from './watch-code.js';
import { Redactor } from '../../worker/redactor.js';
import { trainingLines } from '../training-line.js';
import { WorkerSupervisor } from './supervisor.js';

/** Everything that a project needs to run, on this machine: Temporal, Valkey, the HTTP server, a worker. */
export class DevSession {
  readonly #config: string | undefined;
  readonly #say: (line: string) => void;
  readonly #ends: (() => Promise<unknown>)[] = [];
  readonly #abort = new AbortController();
  #project: Project | undefined;
  #log: Log | undefined;
  #services: DevServices | undefined;
  #worker: WorkerSupervisor | undefined;
  #stopping: Promise<void> | undefined;
  /** Address of the HTTP server. */
  server = '';
  /** A key with which programs may change things through the server. */
  key = '';

  constructor(config: string | undefined, say: (line: string) => void) {
    this.#config = config;
    this.#say = (line) => {
      say(line);
      this.#log?.info(stripVTControlCharacters(line).replace(/ {2,}/g, ' '));
    };
  }

  get temporal(): string {
    return this.#services?.temporal ?? '';
  }

  get ui(): string | undefined {
    return this.#services?.ui;
  }

  get redis(): string | undefined {
    return this.#services?.redis;
  }

  get workerPid(): number | undefined {
    return this.#worker?.pid;
  }

  get pipelines(): readonly string[] {
    return [...(this.#project?.pipelines.keys() ?? [])];
  }

  get project(): Project | undefined {
    return this.#project;
  }

  /** Resolves when everything listens. Throws in words, with nothing left running. */
  async start(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const project = await loadProject(this.#config);
    this.#project = project;
    this.#claim(project);
    const redactor = Redactor.of(project.config.secrets);
    const clean = (text: string): string => redactor.clean(text);
    this.#log = makeLog('dev', logFile(path.join(project.state, 'logs', 'dev.log')), { clean });
    // Where the pages were: links stay, and so does the build of the Workflows, which says where they are.
    const former = readAddresses(project.state)?.server;
    const services = await startServices(project, { say: this.#say, signal: this.#abort.signal, ends: this.#ends });
    this.#services = services;
    this.#go();
    await this.#listen(project, services, former);
    this.#go();
    // From before the worker reads them: no edit falls between.
    const watch = new CodeWatch(() => this.#worker?.reload());
    this.#ends.push(async () => watch.close());
    watch.add(projectSources());
    const worker = new WorkerSupervisor({
      configFile: project.configFile,
      logFile: path.join(project.state, 'logs', 'worker.log'),
      secrets: project.config.secrets,
      onTrouble: (what) => this.#say(`Worker    ${what}`),
      onSources: (files, taken) => watch.add(files, taken),
    });
    this.#worker = worker;
    this.#ends.push(() => worker.stop());
    await worker.start();
    this.#say(`Worker    process ${String(worker.pid)}, pools ${Object.keys(project.config.pools).join(', ')}`);
    for (const line of trainingLines(project.config.pools, backendOf)) this.#say(`Training  ${line}`);
  }

  async #listen(project: Project, services: DevServices, former: string | undefined): Promise<void> {
    const client = await connectTo(project, 10_000);
    this.#ends.push(() => client.close());
    const { host, port: asked } = project.config.server;
    const usual = [
      ...(former === undefined ? [] : [Number(new URL(former).port)]),
      ...(asked === undefined ? [7400] : []),
    ];
    const parts = { store: client.store, client, redis: client.redis, temporalUi: services.ui };
    const opened = await openServer(project, parts, { host, port: asked || (await freePort(...usual)) });
    this.#ends.push(() => opened.app.close());
    this.server = opened.url;
    this.key = opened.key;
    const known = readAddresses(project.state);
    await writeAddresses(project.state, {
      ...known,
      temporal: services.temporal,
      pid: process.pid,
      server: this.server,
    });
    this.#say(`Pages     ${this.server}`);
  }

  /** One session for each project: two would share data that only one may write. */
  #claim({ state, root }: Project): void {
    const file = path.join(state, 'dev.owner');
    const held = takeClaim(file);
    if (held) {
      const addresses = readAddresses(state);
      throw new TrainyardError('TY-DEV-RUNNING', {
        what: `trainyard dev runs for this project already: process ${held.owner.pid}`,
        where: { file: root },
        ...(addresses?.server ? { actual: `pages at ${addresses.server}` } : {}),
        remedy: `use that one, or end it first: kill ${held.owner.pid}`,
      });
    }
    this.#ends.push(async () => releaseClaim(file));
  }

  #go(): void {
    this.#abort.signal.throwIfAborted();
  }

  /** Ends everything, the last started first. May be called at any moment, and again. */
  stop(): Promise<void> {
    this.#abort.abort();
    this.#stopping ??= (async () => {
      for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end().catch(() => undefined);
    })();
    return this.#stopping;
  }
}
