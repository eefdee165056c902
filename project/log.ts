import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { pino, type DestinationStream, type Logger } from 'pino';

/** A process of Trainyard, as its lines name it. */
export type LoggedProcess = 'dev' | 'server' | 'worker' | 'executor';

/** What a line says beside its message: of which run, node and attempt it tells, and more. */
export interface LogFields {
  readonly run?: string | undefined;
  readonly node?: string | undefined;
  readonly call?: string | undefined;
  readonly attempt?: number | undefined;
  readonly [more: string]: unknown;
}

export type Log = Logger;
export type LogDestination = DestinationStream;

/** Bytes of a log file; a longer one is put aside, in the place of the one before. */
const LONGEST = 16 * 1024 * 1024;
/** Signs of a text in a line: what a node says at length stands whole in its own log. */
const MOST_TEXT = 8_000;
/** Levels of objects within each other in which texts are cleaned; below that there is none in any line of ours. */
const DEEPEST = 6;

/** Files that have lines to write when the process ends. */
const waiting = new Set<LogFile>();
process.on('exit', () => {
  for (const file of waiting) file.flush();
});

/**
 * A log file. Lines of one turn of the event loop are appended at once, and those of the last turn when the process ends;
 * several processes may write to it. A disk that is full is no reason to end: lines are lost then.
 */
class LogFile implements LogDestination {
  readonly #file: string;
  #lines = '';
  /** Bytes that it has at most, until it is looked at again. */
  #bytes = Infinity;

  constructor(file: string) {
    this.#file = file;
  }

  write(line: string): void {
    if (this.#lines === '') {
      waiting.add(this);
      setImmediate(() => this.flush());
    }
    this.#lines += line;
  }

  flush(): void {
    waiting.delete(this);
    const lines = this.#lines;
    this.#lines = '';
    if (lines === '') return;
    try {
      if (this.#bytes > LONGEST) this.#putAside();
      appendFileSync(this.#file, lines, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(lines);
    } catch {
      this.#bytes = Infinity;
    }
  }

  #putAside(): void {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    this.#bytes = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#bytes <= LONGEST) return;
    renameSync(this.#file, `${this.#file}.before`);
    this.#bytes = 0;
  }
}

/** The file to which a process writes its log. A long one is put aside under the name `FILE.before`. */
export function logFile(file: string): LogDestination {
  return new LogFile(file);
}

/**
 * The log of a process: a line of JSON each, with level, time (ISO 8601), process, pid, message, and the fields of the line.
 * All texts pass `clean`, which hides the values of secrets, before a line is made of them.
 */
export function makeLog(
  process_: LoggedProcess,
  to: LogDestination,
  options: {
    readonly clean?: ((text: string) => string) | undefined;
    readonly level?: 'info' | 'error';
    readonly pid?: number | undefined;
  } = {},
): Log {
  const { clean = String, level = 'info' } = options;
  const tidy = (text: string): string => {
    const cleaned = clean(text);
    return cleaned.length > MOST_TEXT ? `${cleaned.slice(0, MOST_TEXT)}…` : cleaned;
  };
  return pino(
    {
      level,
      // An executor has many processes, and its lines come by its worker.
      base: { process: process_, ...(process_ === 'executor' ? {} : { pid: options.pid ?? process.pid }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => tidyIn(fields, tidy, 0) as Record<string, unknown>,
      },
      // Errors are such already.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          const tidied = args.map((arg: unknown) => (typeof arg === 'string' ? tidy(arg) : arg));
          method.apply(this, tidied as typeof args);
        },
      },
    },
    to,
  );
}

/** A value with all texts in it made tidy, errors as what they say and where they come from. */
function tidyIn(value: unknown, tidy: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return tidy(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '…';
  if (value instanceof Error) return tidyIn({ ...pino.stdSerializers.err(value) }, tidy, depth + 1);
  if (Array.isArray(value)) return value.map((one) => tidyIn(one, tidy, depth + 1));
  // A request or a reply is written by the serializer of its name.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, tidyIn(one, tidy, depth + 1)]));
}
