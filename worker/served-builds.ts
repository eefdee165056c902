/** What serves one build: a worker of the SDK. */
export interface BuildServer {
  run(): Promise<void>;
  shutdown(): void;
  getState(): string;
}

interface Served {
  readonly started: Promise<{ readonly server: BuildServer; readonly ended: Promise<void> }>;
  /** When somebody last had a reason to think that runs use it, ms since the epoch. */
  usedAt: number;
}

/** The builds that this process serves, each by one server at most: the SDK refuses a second one of the same queue and build. */
export class ServedBuilds<Bundle extends { readonly buildId: string }> {
  readonly #open: (bundle: Bundle) => Promise<BuildServer>;
  readonly #onFailure: (error: unknown) => void;
  readonly #served = new Map<string, Served>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #holds = new Map<string, number>();

  constructor(open: (bundle: Bundle) => Promise<BuildServer>, onFailure: (error: unknown) => void) {
    this.#open = open;
    this.#onFailure = onFailure;
  }

  has(buildId: string): boolean {
    return this.#served.has(buildId);
  }

  buildIds(): string[] {
    return [...this.#served.keys()];
  }

  /** How long ago a build was last used, ms; 0 for one that is held, or is not served. */
  idleMs(buildId: string, now = Date.now()): number {
    const served = this.#served.get(buildId);
    return served === undefined || this.#holds.has(buildId) ? 0 : now - served.usedAt;
  }

  /** Keeps a build from being idle, served or not yet, until what this gives is called. */
  hold(buildId: string): () => void {
    this.#holds.set(buildId, (this.#holds.get(buildId) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.used(buildId);
      const others = (this.#holds.get(buildId) ?? 0) - 1;
      if (others > 0) this.#holds.set(buildId, others);
      else this.#holds.delete(buildId);
    };
  }

  used(buildId: string): void {
    const served = this.#served.get(buildId);
    if (served) served.usedAt = Date.now();
  }

  /** Resolves when the build is served; called twice at once, it starts one server. */
  async serve(bundle: Bundle): Promise<void> {
    const { buildId } = bundle;
    this.used(buildId);
    let served = this.#served.get(buildId);
    if (!served) {
      // In the map before anything is awaited: the next caller must find it.
      served = { started: this.#start(bundle), usedAt: Date.now() };
      this.#served.set(buildId, served);
      const mine = served;
      served.started.catch(() => {
        if (this.#served.get(buildId) === mine) this.#served.delete(buildId);
      });
    }
    await served.started;
  }

  async #start(bundle: Bundle) {
    await this.#ending.get(bundle.buildId);
    const server = await this.#open(bundle);
    return { server, ended: server.run().catch(this.#onFailure) };
  }

  /** Ends the serving of a build, with the memory that it holds. */
  async release(buildId: string): Promise<void> {
    const served = this.#served.get(buildId);
    if (!served) return;
    this.#served.delete(buildId);
    const ended = end(served).finally(() => this.#ending.delete(buildId));
    this.#ending.set(buildId, ended);
    await ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...[...this.#served.values()].map(end), ...this.#ending.values()]);
  }
}

async function end({ started }: Served): Promise<void> {
  const known = await started.catch(() => undefined);
  if (known?.server.getState() === 'RUNNING') known.server.shutdown();
  await known?.ended;
}
