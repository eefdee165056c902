import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
import { isTrainyardError, TransientError, type TrainyardError } from '@trainyard/errors';
import { z } from 'zod';
import { file, json, node, optional, table } from '../../core/index.js';
import type { Implementation } from '../../core/implementation.js';
import { Redactor } from '../redactor.js';
import { runNode, type NodeRun, type RunNodeOptions } from './run-node.js';

/** What a program of a runtime does for the cases, by `how`. */
const HOW = [
  /** Gives `{ text, from, threads, device, attempt, scope, run }`, and the text as `echo.txt`. */
  'echo',
  /** Gives the bytes of the table's `data.parquet` as `copy.bin`, by the path of a file in its scratch folder. */
  'copy',
  /** Gives its seed. */
  'seed',
  /** Logs "one" and "two", tells progress 0.25 "a quarter", reports `{ loss: 0.5 }` at step 1 and NaN at step 2. */
  'tell',
  /** Adds up 1 to 5 with a checkpoint after each; gives `{ sum, from }`. Throws after number `at`, where it began with none. */
  'climb',
  /** Refuses its input: "no rows", expected "a row", remedy "add one", where column "a". */
  'refuse',
  /** Meets a fault that may pass: "away". */
  'falter',
  /** Throws an error of its own: "broken". */
  'break',
  /** Gives NaN somewhere in its value. */
  'nan',
  /** Gives an output that the contract does not have. */
  'extra',
  /** Gives a value that is not what the port's schema says: text. */
  'unlike',
  /** Gives the path of a file outside its scratch folder. */
  'outside',
  /** Logs "waits", and ends by itself when it is cancelled. */
  'wait',
  /** Logs the value of the secret "token". */
  'whisper',
  /** Gives the value of the secret "token". */
  'leak',
] as const;

/** What the program of a runtime implements for the cases: each `how` says what it does. */
export const runtimeProbe = node({
  name: 'runtime.probe',
  version: '1',
  title: 'What every runtime must be able to do',
  params: z.object({ how: z.enum(HOW), text: z.string().default(''), at: z.number().int().default(0) }),
  inputs: { from: optional(json(z.unknown())), table: optional(table) },
  outputs: { value: json(z.union([z.record(z.string(), z.unknown()), z.number(), z.null()])), written: file },
  seeded: true,
});

/** A runtime under test: its program for {@link runtimeProbe}. */
export interface RuntimeExample {
  readonly implementation: Implementation;
}

export interface RuntimeCase {
  readonly name: string;
  run(example: RuntimeExample): Promise<void>;
}

type Asked = z.input<typeof runtimeProbe.spec.params>;

const run = ({ implementation }: RuntimeExample, params: Asked, options: RunNodeOptions = {}): Promise<NodeRun> =>
  runNode(implementation, { ...options, params });

async function failure(example: RuntimeExample, params: Asked, options: RunNodeOptions = {}): Promise<TrainyardError> {
  const error: unknown = await run(example, params, options).then(
    async (ended) => ended.dispose(),
    (thrown: unknown) => thrown,
  );
  ok(isTrainyardError(error), `expected one of Trainyard's errors for "${params.how}", got ${String(error)}`);
  return error;
}

const TEXT = 'ünïcode — "quoted" \\ 日本\n\u2028 0.1';
const HELD = { text: TEXT, list: [1, 0.1, -2.5e-300, true, null, { deep: [[]] }], whole: Number.MAX_SAFE_INTEGER };
const SECRET = 'a-value-that-nobody-may-see';

/** What every runtime must promise: run each against an implementation of {@link runtimeProbe}. */
export const runtimeCases: readonly RuntimeCase[] = [
  {
    name: 'parameters, inputs and surroundings arrive as they are, and so do values and files',
    async run(example) {
      await using done = await run(
        example,
        { how: 'echo', text: TEXT },
        { inputs: { from: { value: HELD } }, threads: 2 },
      );
      deepStrictEqual(done.outputs['value']?.value, {
        text: TEXT,
        from: HELD,
        threads: 2,
        device: 'cpu',
        attempt: 1,
        scope: 'runtime.probe',
        run: 'test',
      });
      deepStrictEqual(await done.outputs['written']?.text('echo.txt'), TEXT);
    },
  },
  {
    name: 'an input that was left out is none',
    async run(example) {
      await using done = await run(example, { how: 'echo' });
      const value = done.outputs['value']?.value as { from: unknown } | undefined;
      deepStrictEqual(value?.from, null);
    },
  },
  {
    name: 'files of inputs are read from where they lie, and files in the scratch folder are given by their paths',
    async run(example) {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 251);
      await using done = await run(
        example,
        { how: 'copy' },
        { inputs: { table: { files: { 'data.parquet': bytes } } } },
      );
      ok(Buffer.from(bytes).equals(Buffer.from((await done.outputs['written']?.bytes('copy.bin')) ?? [])));
    },
  },
  {
    name: "the seed is the node's own, the same each time and another for another run",
    async run(example) {
      const seedOf = async (seed: number): Promise<unknown> => {
        await using done = await run(example, { how: 'seed' }, { seed });
        return done.outputs['value']?.value;
      };
      const [first, again, other] = [await seedOf(1), await seedOf(1), await seedOf(2)];
      ok(Number.isInteger(first) && (first as number) >= 0 && (first as number) < 2 ** 32);
      deepStrictEqual(first, again);
      ok(first !== other);
    },
  },
  {
    name: 'the same call gives the same artifacts',
    async run(example) {
      await using one = await run(example, { how: 'echo', text: TEXT });
      await using two = await run(example, { how: 'echo', text: TEXT });
      deepStrictEqual(one.outputs['value']?.ref.digest, two.outputs['value']?.ref.digest);
      deepStrictEqual(one.outputs['written']?.ref.digest, two.outputs['written']?.ref.digest);
    },
  },
  {
    name: 'lines, progress and reports come in order',
    async run(example) {
      await using done = await run(example, { how: 'tell' });
      deepStrictEqual(done.log, ['one', 'two']);
      deepStrictEqual(done.progress.at(-1), { fraction: 0.25, message: 'a quarter' });
      deepStrictEqual(done.reports, [
        [1, { loss: 0.5 }],
        [2, null],
      ]);
    },
  },
  {
    name: 'what failed goes on from its last checkpoint, and gives what it would have given undisturbed',
    async run(example) {
      await using whole = await run(example, { how: 'climb', at: 3 }, { inputs: { from: { value: 'undisturbed' } } });
      deepStrictEqual(whole.outputs['value']?.value, { sum: 15, from: 0 });
      let steps = 0;
      const host: RunNodeOptions['host'] = { onCheckpoint: () => void steps++ };
      await rejects(run(example, { how: 'climb', at: 3 }, { store: whole.store, host }), { code: 'TY-NODE-FAILED' });
      ok(steps > 3);
      await using resumed = await run(example, { how: 'climb', at: 3 }, { store: whole.store });
      deepStrictEqual(resumed.outputs['value']?.value, { sum: 15, from: 3 });
    },
  },
  {
    name: "a refusal of the input is the user's, with what was expected, where, and what to do",
    async run(example) {
      const { code, what, expected, remedy, where, permanent } = await failure(example, { how: 'refuse' });
      deepStrictEqual(
        { code, what, expected, remedy, column: where['column'], permanent },
        { code: 'TY-NODE-INPUT', what: 'no rows', expected: 'a row', remedy: 'add one', column: 'a', permanent: true },
      );
    },
  },
  {
    name: 'a fault that may pass is tried again',
    async run(example) {
      const error = await failure(example, { how: 'falter' });
      ok(error instanceof TransientError, error.code);
      deepStrictEqual([error.what, error.permanent], ['away', false]);
    },
  },
  {
    name: 'any other error is said in one sentence, with its place where that is known, and its stack goes into the log',
    async run(example) {
      const log: string[] = [];
      const error = await failure(example, { how: 'break' }, { host: { log: (line) => void log.push(line) } });
      deepStrictEqual(error.code, 'TY-NODE-FAILED');
      ok(/^runtime\.probe failed: .*broken$/.test(error.what), error.what);
      ok(/broken/.test(log.join('\n')), 'its stack stands in the log');
    },
  },
  ...(['nan', 'extra', 'unlike', 'outside'] as const).map((how): RuntimeCase => ({
    name: `an output that the contract does not allow is refused: ${how}`,
    async run(example) {
      deepStrictEqual((await failure(example, { how })).code, 'TY-NODE-OUTPUT');
    },
  })),
  {
    name: 'a cancelled node ends by itself, and its call rejects',
    async run(example) {
      const stop = new AbortController();
      const log = (line: string): void => void (line === 'waits' && stop.abort(new Error('told to end')));
      await rejects(run(example, { how: 'wait' }, { host: { signal: stop.signal, log } }));
      ok(stop.signal.aborted, 'it had begun');
    },
  },
  {
    name: 'the value of a secret shows in no log line, and is refused in an output',
    async run(example) {
      const redactor = new Redactor();
      const log: string[] = [];
      const host: RunNodeOptions['host'] = {
        redactor,
        log: (line) => void log.push(line),
        secret: (name) => {
          redactor.add(name, SECRET);
          return SECRET;
        },
      };
      await using told = await run(example, { how: 'whisper' }, { host });
      ok(told.outputs['value'] !== undefined && log.length > 0 && !log.join('\n').includes(SECRET), log.join('\n'));
      deepStrictEqual((await failure(example, { how: 'leak' }, { host })).code, 'TY-NODE-SECRET');
    },
  },
];
