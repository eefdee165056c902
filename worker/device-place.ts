import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How long one look for a free place takes at most, ms. */
const LOOK_MS = 250;

/** Bytes of a socket's address in Linux: with a shorter name it depends on the version of Node how it is filled up. */
const ADDRESS_BYTES = 108;

/**
 * A place on a device of this machine, held by this process among all processes of the machine. It is a socket in Linux'
 * abstract namespace: a name that one process can listen at, that is no file, and that the kernel frees at the moment
 * the process is gone, however it went. The process that computes holds it, so that a device is free when nothing
 * computes there any more, not when a worker died. Processes in network namespaces of their own (most containers) do
 * not see each other. Where there are no such sockets, each process is alone.
 */
export class DevicePlace {
  readonly #server: Server | undefined;
  readonly #askers = new Set<Socket>();
  #onWanted: (() => void) | undefined;

  private constructor(server: Server | undefined) {
    this.#server = server;
    server?.on('connection', (socket) => {
      this.#askers.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#askers.delete(socket));
      this.#onWanted?.();
    });
  }

  /**
   * Takes one of so many places of a device. Undefined when none came free within a quarter of a second; those who hold
   * them know then that somebody waits.
   */
  static async take(device: number, places: number): Promise<DevicePlace | undefined> {
    if (process.platform !== 'linux') return new DevicePlace(undefined);
    const names = Array.from({ length: places }, (_, place) => nameOf(device, place));
    const end = performance.now() + LOOK_MS;
    for (;;) {
      for (const name of names) {
        const server = await listen(name);
        if (server) return new DevicePlace(server);
      }
      const left = end - performance.now();
      if (left <= 0) return undefined;
      await anyLeft(names, left);
    }
  }

  /** Has this called whenever somebody waits for the place. */
  set onWanted(listener: () => void) {
    this.#onWanted = listener;
    if (this.#askers.size > 0) listener();
  }

  leave(): void {
    this.#server?.close();
    for (const asker of this.#askers) asker.destroy();
  }
}

function nameOf(device: number, place: number): string {
  return `\0trainyard device ${device} place ${place} `.padEnd(ADDRESS_BYTES, '-');
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.removeAllListeners('error');
      server.unref();
      resolve(server);
    });
  });
}

/** Tells all who hold these places that somebody waits, until one of them has left or the time is over. */
async function anyLeft(names: readonly string[], ms: number): Promise<void> {
  const done = new AbortController();
  const sockets = names.map((name) => connect(name));
  const left = sockets.map(
    (socket) => new Promise<void>((gone) => void socket.on('error', () => undefined).once('close', () => gone())),
  );
  await Promise.race([...left, wait(ms, undefined, { signal: done.signal }).catch(() => undefined)]);
  done.abort();
  for (const socket of sockets) socket.destroy();
}
