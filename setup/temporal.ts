import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findBinary, type FindBinaryOptions } from './binaries.js';
import { claimPort, isListening, onPort } from './ports.js';
import { hasNotStarted, startService, type Service } from './service.js';

export type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export interface TemporalOptions {
  /** gRPC port; 0 or absent takes any free one. */
  readonly port?: number | undefined;
  /** Port of the web UI; 0 or absent takes any free one, `false` starts none. */
  readonly uiPort?: number | false | undefined;
  /** Where everything is kept. Without one it lives in memory and is gone at the end. */
  readonly dbFile?: string | undefined;
  /** Search attributes to register in the namespace `default`. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>> | undefined;
  /** Lets workflows skip their waits when they ask for it (tests). */
  readonly timeSkipping?: boolean | undefined;
  /** A history that it is asked to delete is gone at once (tests). */
  readonly quickToForget?: boolean | undefined;
  /** Appended to. */
  readonly logFile?: string | undefined;
  /** How the program is found. */
  readonly binary?: FindBinaryOptions | undefined;
}

export interface TemporalService extends Service {
  /** Address of the web UI in a browser, unless there is none. */
  readonly uiUrl: string | undefined;
  /** Always `default`. */
  readonly namespace: string;
}

// The server reads its queues 20 times a second unless told otherwise: 50 ms for each step of a chain.
const quickQueues = ['history.transferProcessorMaxPollRPS=2000', 'history.timerProcessorMaxPollRPS=2000'];

const skipping = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  'history.timerProcessorMaxTimeShift="1ms"',
  'history.timerProcessorMaxPollRPS=5000',
  'history.transferProcessorMaxPollRPS=5000',
  // Else continue-as-new within a second of the start makes the server count skipped time twice.
  'history.workflowIdReuseMinimalInterval="0s"',
];

// Else the deletion of a run that has ended waits until the server has written down, twice a minute, how far its queue
// is; each deletion that waits in that queue keeps later ends from being written down, so sixty take many minutes.
const forgetful = ['history.transferProcessorEnsureCloseBeforeDelete=false'];

// Safe against kill -9 of the server; a loss of power may cost the last transactions.
const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL'];

async function answers(port: number): Promise<boolean> {
  // A gRPC channel that was refused once waits a second before it tries again: knock on the plain port first.
  if (!(await isListening(port))) return false;
  const address = `127.0.0.1:${port}`;
  // Loaded here, since whoever only loads TensorFlow or runs the doctor can do without it.
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: 2000 });
  try {
    await connection.withDeadline(Date.now() + 2000, async () => {
      await connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
    });
    return true;
  } finally {
    await connection.close();
  }
}

function serverArguments(
  options: TemporalOptions,
  port: number,
  uiPort: number | undefined,
  dbFile?: string,
): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'];
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  const settings = [...(options.timeSkipping ? skipping : quickQueues), ...(options.quickToForget ? forgetful : [])];
  for (const setting of settings) args.push('--dynamic-config-value', setting);
  for (const [name, type] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  if (dbFile !== undefined) {
    args.push('--db-filename', dbFile);
    for (const pragma of pragmas) args.push('--sqlite-pragma', pragma);
  }
  return args;
}

/**
 * Starts the real Temporal server, on the loopback address, ready when it answers. Started again on the same `dbFile`
 * it carries on where it was, also after kill -9; a server left over from a killed process is ended first.
 * @throws {TrainyardError} TY-PORT-IN-USE, TY-SETUP, and those of {@link findBinary}.
 */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalService> {
  const { path } = await findBinary('temporal', options.binary);
  const dbFile = options.dbFile === undefined ? undefined : resolve(options.dbFile);
  if (dbFile !== undefined) mkdirSync(dirname(dbFile), { recursive: true });
  let uiPort: number | undefined;
  const start = async (port: number): Promise<Service> => {
    uiPort = options.uiPort === false ? undefined : await claimPort(options.uiPort, 'the Temporal UI');
    return startService({
      what: 'The Temporal server',
      path,
      args: serverArguments(options, port, uiPort, dbFile),
      port,
      logFile: options.logFile,
      data: dbFile === undefined ? undefined : { path: dbFile, claim: `${dbFile}.owner` },
      ready: () => answers(port),
      readyWithinMs: 30_000,
      killToStop: dbFile === undefined,
    });
  };
  const service = await onPort(options.port, 'the Temporal server', start, hasNotStarted);
  return { ...service, namespace: 'default', uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}` };
}
