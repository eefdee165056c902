import path from 'node:path';
import type { Client } from '@temporalio/client';
import { connectLazily, temporalAddress } from '../../client/connect.js';
import { TrainyardError } from '@trainyard/errors';
import { readAddresses, writeAddresses } from '../../project/addresses.js';
import { loadConfig, type ProjectBase } from '../../project/project.js';
import { EXIT } from '../exit.js';
import { note, print, printJson } from '../terminal.js';
import { isLoopback, openServer } from './open-server.js';

export interface ServeOptions {
  host?: string;
  port?: string;
  json?: boolean;
}

const USUAL_PORT = 7400;
/** How long Temporal is waited for before the server starts without it, ms. */
const KNOCK_MS = 3_000;

/** `trainyard serve`: runs until Ctrl-C; what is asked already is answered. A second Ctrl-C ends at once. */
export async function serve(config: string | undefined, options: ServeOptions): Promise<void> {
  const ended = untilSignal();
  const project = await loadConfig(config);
  const { server } = project.config;
  const place = { host: options.host ?? server.host, port: portOf(options.port) ?? server.port ?? USUAL_PORT };
  const client = connectLazily(project);
  try {
    const { address } = temporalAddress(project);
    const there = answers(client.temporal);
    const { ui } = readAddresses(project.state) ?? {};
    const services = { store: client.store, client, redis: client.redis, temporalUi: ui };
    const { app, url, key, keyFile, logFile } = await openServer(project, services, place);
    if (!(await there))
      note(`Temporal does not answer at ${address}: pages show what is recorded, endpoints the versions known last`);
    await leaveAddress(project, url, address);
    const near = (file: string): string => path.relative(process.cwd(), file);
    // A key is shown where only this machine's own people can use it.
    const signIn = isLoopback(place.host) ? `sign in:  ${url}/sign-in#key=${key}` : `keys:     ${near(keyFile)}`;
    if (options.json) printJson({ server: url, temporal: address });
    else print(`Pages     ${url}\nTemporal  ${address}\nLog       ${near(logFile)}\n  ${signIn}\nCtrl-C ends it.`);
    await ended;
    note('\nending …');
    await app.close();
  } finally {
    await client.close();
  }
}

/** Resolves at the first signal to end. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(EXIT.interrupted);
      asked = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  throw new TrainyardError('TY-USAGE', {
    what: `"${given}" is no port`,
    expected: 'a whole number from 0 to 65535; 0 takes any free one',
    remedy: 'trainyard serve --port 7400',
  });
}

async function answers(temporal: Client): Promise<boolean> {
  try {
    await temporal.withDeadline(Date.now() + KNOCK_MS, () => temporal.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

/** Other commands of the project find the server, unless `trainyard dev` runs, which has said where its own is. */
async function leaveAddress({ state }: ProjectBase, server: string, temporal: string): Promise<void> {
  const known = readAddresses(state);
  if (known && known.pid !== process.pid && isAlive(known.pid)) return;
  await writeAddresses(state, { temporal, ...known, server, pid: process.pid });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
