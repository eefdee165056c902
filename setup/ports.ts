import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setupError } from './errors.js';

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** A loopback port that nobody listens on right now. */
export function freePort(): Promise<number> {
  return listen(0);
}

/**
 * The port itself when it is free, or any free one for 0 or `undefined`.
 * @throws {TrainyardError} TY-PORT-IN-USE, naming the process that holds it where that can be seen.
 */
export async function claimPort(port: number | undefined, what: string): Promise<number> {
  if (!port) return freePort();
  try {
    return await listen(port);
  } catch (error) {
    throw setupError('portInUse', { port, what, holder: describeHolder(port) }, error);
  }
}

/**
 * Starts something on the port, and where that was ours to choose, on another one if it does not start: between our
 * choice and its start anybody may take the port.
 */
export async function onPort<T>(
  port: number | undefined,
  what: string,
  start: (port: number) => Promise<T>,
  isWorthAnother: (error: unknown) => boolean,
): Promise<T> {
  for (let left = port ? 0 : 2; ; left--) {
    try {
      return await start(await claimPort(port, what));
    } catch (error) {
      if (left === 0 || !isWorthAnother(error)) throw error;
    }
  }
}

/** Whether somebody takes connections on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** ` by process 123 (temporal server …)`, or nothing where the system does not say. */
export function describeHolder(port: number): string {
  const pid = portHolder(port);
  if (pid === undefined) return '';
  let command = '';
  try {
    command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    // Gone by now.
  }
  return ` by process ${pid}${command ? ` (${command.slice(0, 120)})` : ''}`;
}

/** The process of this user that listens on a port: Linux only, from /proc/net/tcp (see proc(5)). */
function portHolder(port: number): number | undefined {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const line of readFileSync(table, 'utf8').split('\n')) {
        const fields = line.trim().split(/\s+/);
        if (fields[1]?.endsWith(hex) && fields[3] === '0A') sockets.add(`socket:[${fields[9]}]`);
      }
    } catch {
      // Not Linux.
    }
  }
  if (sockets.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        if (sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`))) return Number(pid);
      }
    } catch {
      // Another user's process, or one that has just ended.
    }
  }
  return undefined;
}
