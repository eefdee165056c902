import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { findBinary, type FindBinaryOptions } from './binaries.js';
import { onPort } from './ports.js';
import { hasNotStarted, startService, type Service } from './service.js';

export interface ValkeyOptions {
  /** 0 or absent takes any free one. */
  readonly port?: number | undefined;
  /** Folder for its append-only file. Without one nothing is kept. */
  readonly dir?: string | undefined;
  /** Clients must then give it; it shows neither in the list of processes nor on disk. */
  readonly password?: string | undefined;
  /** Appended to. */
  readonly logFile?: string | undefined;
  /** How the program is found. */
  readonly binary?: FindBinaryOptions | undefined;
}

export interface ValkeyService extends Service {
  /** `redis://127.0.0.1:PORT`, without the password. */
  readonly url: string;
}

/** Sends PING, in the inline form that needs no client library; false while it still loads its file. */
function ping(port: number, password: string | undefined): Promise<boolean> {
  return new Promise((resolveAnswer, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => resolveAnswer(answer.includes('+PONG')));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.write(`${password === undefined ? '' : `AUTH ${quote(password)}\r\n`}PING\r\nQUIT\r\n`);
  });
}

/** A value as the server's configuration and inline commands write it. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`;
}

/**
 * Starts a real Valkey (or Redis) server on the loopback address, ready when it answers PING. With `dir` it keeps its
 * data in an append-only file, written out every second, and started again on the same folder it has them again.
 * @throws {TrainyardError} TY-PORT-IN-USE, TY-SETUP, and those of {@link findBinary}.
 */
export async function startValkey(options: ValkeyOptions = {}): Promise<ValkeyService> {
  const { path } = await findBinary('valkey', options.binary);
  const dir = options.dir === undefined ? undefined : resolve(options.dir);
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  const start = (port: number): Promise<Service> => {
    const settings = [`port ${port}`, 'bind 127.0.0.1', 'daemonize no', 'save ""'];
    if (dir !== undefined) settings.push(`dir ${quote(dir)}`, 'appendonly yes', 'appendfsync everysec');
    if (options.password !== undefined) settings.push(`requirepass ${quote(options.password)}`);
    return startService({
      what: 'The Valkey server',
      path,
      args: ['-'],
      input: `${settings.join('\n')}\n`,
      port,
      logFile: options.logFile,
      data: dir === undefined ? undefined : { path: dir, claim: join(dir, 'server.owner') },
      ready: () => ping(port, options.password),
      readyWithinMs: 30_000,
      killToStop: dir === undefined,
    });
  };
  const service = await onPort(options.port, 'the Valkey server', start, hasNotStarted);
  return { ...service, url: `redis://${service.address}` };
}
