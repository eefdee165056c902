import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { file, json, many, node, optional, report, table, TransientError, UserError } from '../core/index.js';
import type { Contract } from '../core/index.js';
import { isTrainyardError, type TrainyardError } from '@trainyard/errors';
import type { Kind } from '../core/kinds.js';
import { Checkpoints } from '../store/checkpoints.js';
import { FileStore } from '../store/files.js';
import { runNode, type RunNodeOptions } from './testing/index.js';
import type { Implementation } from '../core/implementation.js';
import { implement, type NodeCall } from './implement.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-execute-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const params = z.object({ factor: z.number().default(2) });
const numbers = json(z.object({ numbers: z.array(z.number()) }));

const double = implement(
  node({ name: 'toy.double', version: '1', params, inputs: { from: numbers }, outputs: numbers }),
  ({ params: { factor }, inputs, ctx }) => {
    ctx.log('doubling');
    ctx.progress(0.5, 'half way');
    return { value: { numbers: inputs.from.value.numbers.map((n) => n * factor) } };
  },
);

/** A node with one output of a kind, that gives whatever `give` says. */
function giving(outputs: Kind, give: (ctx: NodeCall<typeof params, {}>['ctx']) => unknown): Implementation {
  const contract = node({ name: 'toy.give', version: '1', params, inputs: {}, outputs });
  return implement(
    contract as unknown as Contract<'toy.give', typeof params, {}, Kind>,
    ({ ctx }) => give(ctx) as never,
  );
}

async function failure(implementation: Implementation, options: RunNodeOptions = {}): Promise<TrainyardError> {
  const error: unknown = await runNode(implementation, options).then(
    async (run) => run.dispose().then(() => undefined),
    (thrown: unknown) => thrown,
  );
  if (!isTrainyardError(error)) throw new Error(`expected one of our errors, got ${String(error)}`);
  return error;
}

test('a node gets its inputs opened and its parameters filled in, and its output can be read', async () => {
  await using run = await runNode(double, { inputs: { from: { value: { numbers: [1, 2] } } } });
  expect(run.output.value).toEqual({ numbers: [2, 4] });
  expect(run.output.ref.value).toEqual({ numbers: [2, 4] });
  expect(run.log).toEqual(['doubling']);
  expect(run.progress).toEqual([{ fraction: 0.5, message: 'half way' }]);
});

test('outputs of one node are inputs of the next, also as lists and left out', async () => {
  await using first = await runNode(double, { inputs: { from: { value: { numbers: [1] } } } });
  const sum = implement(
    node({
      name: 'toy.sum',
      version: '1',
      params: z.object({}),
      inputs: { all: many(numbers), maybe: optional(numbers) },
      outputs: { total: json(z.number()), text: file },
    }),
    ({ inputs }) => ({
      total: { value: inputs.all.flatMap((one) => one.value.numbers).reduce((a, b) => a + b, 0) },
      text: { files: { 'said.txt': inputs.maybe ? 'given' : 'left out' } },
    }),
  );
  const all = [first.output, { value: { numbers: [40] } }];
  await using run = await runNode(sum, { store: first.store, inputs: { all } });
  expect(run.outputs.total?.value).toBe(42);
  expect(await run.outputs.text?.text('said.txt')).toBe('left out');
  expect(() => run.output).toThrow(/total, text/);
});

test('files written to scratch are stored, and the scratch folder is gone afterwards, also after a failure', async () => {
  const scratchRoot = path.join(root, 'scratch');
  let seen = '';
  const writer = giving(file, (ctx) => {
    seen = ctx.scratch;
    writeFileSync(path.join(ctx.scratch, 'made.bin'), 'bytes');
    return { files: { 'a.bin': { path: path.join(ctx.scratch, 'made.bin') }, 'b.bin': { path: 'made.bin' } } };
  });
  await using run = await runNode(writer, { host: { scratchRoot } });
  expect(await run.output.text('a.bin')).toBe('bytes');
  expect(await run.output.text('b.bin')).toBe('bytes');
  expect(existsSync(seen)).toBe(false);
  await failure(
    giving(file, () => Promise.reject(new Error('no'))),
    { host: { scratchRoot } },
  );
  expect(readdirSync(scratchRoot)).toEqual([]);
});

function cyclic(): unknown {
  const all: unknown[] = [];
  const value = { a: all };
  all.push(value);
  return value;
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

test.each<[string, Kind, (scratch: string) => unknown, { port?: string; field?: string; file?: string }]>([
  ['nothing', numbers, () => undefined, { port: 'out' }],
  [
    'a value of another shape',
    numbers,
    () => ({ value: { numbers: ['x'] } }),
    { port: 'out', field: 'value.numbers.0' },
  ],
  ['no value for a report', report(z.object({})), () => ({ files: {} }), { port: 'out', field: 'value' }],
  ['a number that JSON lacks', file, () => ({ value: { a: [1, NaN] }, files: { x: '' } }), { field: 'value.a.1' }],
  ['a function', file, () => ({ value: { f: () => 1 }, files: { x: '' } }), { field: 'value.f' }],
  ['a Map', file, () => ({ value: { a: [new Map([[1, 2]])] }, files: { x: '' } }), { field: 'value.a.0' }],
  ['a Set', file, () => ({ value: { a: new Set([1]) }, files: { x: '' } }), { field: 'value.a' }],
  [
    'an instance of a class',
    file,
    () => ({ value: { u: new URLSearchParams('a=1') }, files: { x: '' } }),
    { field: 'value.u' },
  ],
  ['a list of bytes', file, () => ({ value: new Float64Array(2), files: { x: '' } }), { field: 'value' }],
  ['a value that holds itself', numbers, () => ({ value: cyclic() }), { field: 'value.a.0' }],
  ['a value 20,000 deep', numbers, () => ({ value: deep(20_000) }), { port: 'out' }],
  [
    'a key that copies lose',
    numbers,
    () => ({ value: JSON.parse('{"b": {"__proto__": 1}}') }),
    { field: 'value.b.__proto__' },
  ],
  ['an unknown field', numbers, () => ({ value: { numbers: [] }, fiels: {} }), { port: 'out', field: 'fiels' }],
  ['a table without its data', table, () => ({ value: {} }), { file: 'data.parquet' }],
  ['a file artifact without files', file, () => ({ value: 1 }), { field: 'files' }],
  ['a hostile file name', file, () => ({ files: { '../x': '' } }), { file: '"../x"' }],
  ['a number as a file', file, () => ({ files: { x: 3 } }), { file: '"x"' }],
  ['a path outside scratch', file, () => ({ files: { x: { path: '/etc/hostname' } } }), { file: '"x"' }],
  [
    'a link out of scratch',
    file,
    (scratch) => (symlinkSync('/etc/hostname', path.join(scratch, 'l')), { files: { x: { path: 'l' } } }),
    { file: '"x"' },
  ],
  ['a path to nothing', file, () => ({ files: { x: { path: 'gone' } } }), { file: '"x"' }],
])('%s instead of what the contract promises is refused, naming where', async (_, kind, give, where) => {
  const error = await failure(giving(kind, (ctx) => give(ctx.scratch)));
  expect(error.code).toBe('TY-NODE-OUTPUT');
  expect(error.where).toMatchObject({ node: 'toy.give', run: 'test', ...where });
  // A mistake of the author: to try it again would give the same.
  expect(error.permanent).toBe(true);
});

test('what is wrong with a value stands in the sentence, which is all that a study shows of a trial', async () => {
  const nan = await failure(giving(json(z.object({ loss: z.number() })), () => ({ value: { loss: NaN } })));
  expect(nan.what).toBe('toy.give gave NaN at value.loss of output "out"');
  const map = await failure(giving(json(z.any()), () => ({ value: { a: new Map() } })));
  expect(map.what).toBe('toy.give gave a Map at value.a of output "out"');
});

test('values that are equal in two places, dates and objects without a prototype are held', async () => {
  const twice = [1];
  const plain = Object.assign(Object.create(null) as object, { a: 1 });
  await using run = await runNode(
    giving(json(z.any()), () => ({ value: { x: twice, y: twice, d: new Date(0), plain } })),
  );
  expect(run.output.value).toEqual({ x: [1], y: [1], d: '1970-01-01T00:00:00.000Z', plain: { a: 1 } });
});

test('a port that the contract lacks is refused', async () => {
  const contract = node({ name: 'toy.two', version: '1', params, inputs: {}, outputs: { a: numbers } });
  const error = await failure(implement(contract, () => ({ a: { value: { numbers: [] } }, b: { value: 1 } })));
  expect(error).toMatchObject({ code: 'TY-NODE-OUTPUT', where: { port: 'b' } });
});

test.each<[string, NonNullable<RunNodeOptions['inputs']>, string]>([
  ['a missing input', {}, 'TY-WIRE-MISSING'],
  ['an unknown input', { from: { value: { numbers: [] } }, form: { value: 1 } }, 'TY-WIRE-UNKNOWN'],
  ['a list where one is wanted', { from: [{ value: { numbers: [] } }] }, 'TY-WIRE-KIND'],
  ['another kind', { from: { kind: 'table', digest: `sha256-${'0'.repeat(64)}`, size: 1 } }, 'TY-WIRE-KIND'],
])('%s is refused before the node runs', async (_, inputs, code) => {
  expect((await failure(double, { inputs })).code).toBe(code);
});

test('a sealed table does not open as a table by changing the word in its reference', async () => {
  const store = new FileStore(path.join(root, 'sealed'));
  const { Artifacts } = await import('../store/artifacts.js');
  const artifacts = new Artifacts(store);
  const sealed = await artifacts.write('sealed table', { files: { 'data.parquet': 'rows' } });
  await expect(artifacts.open({ ...sealed, kind: 'table' })).rejects.toMatchObject({ code: 'TY-WIRE-KIND' });
});

test('wrong parameters are refused with the field', async () => {
  const error = await failure(double, { params: { factor: 'two' } });
  expect(error).toMatchObject({ code: 'TY-PARAM', where: { node: 'toy.double', field: 'factor' } });
});

test('a seed is there only when the contract declares it, and is drawn from the key', async () => {
  expect((await failure(giving(json(z.number()), (ctx) => ({ value: ctx.seed })))).code).toBe('TY-NODE-SEED');
  const seeded = implement(
    node({ name: 'toy.seed', version: '1', params, inputs: {}, outputs: json(z.number()), seeded: true }),
    ({ ctx }) => ({ value: ctx.seed }),
  );
  const seedOf = async (options: RunNodeOptions): Promise<unknown> => {
    await using run = await runNode(seeded, options);
    return run.output.value;
  };
  expect(await seedOf({ seed: 1 })).toBe(await seedOf({ seed: 1 }));
  expect(await seedOf({ seed: 1 })).not.toBe(await seedOf({ seed: 2 }));
  expect(await seedOf({ seed: 1 })).not.toBe(await seedOf({ seed: 1, params: { factor: 3 } }));
});

test("the user's own errors pass with the place added; others are reported as a failure with their cause", async () => {
  const throwing = (error: unknown): Implementation =>
    giving(numbers, () => {
      throw error;
    });
  const wrongRow = await failure(throwing(new UserError('row 3 has no label', { where: { row: 3 } })));
  expect(wrongRow).toMatchObject({ code: 'TY-NODE-INPUT', name: 'UserError', permanent: true });
  expect(wrongRow.where).toEqual({ run: 'test', node: 'toy.give', attempt: 1, row: 3 });
  expect(wrongRow.message).toContain('row 3 has no label');
  const away = await failure(throwing(new TransientError('the service is away')));
  expect(away).toMatchObject({ code: 'TY-NODE-TRANSIENT', permanent: false });
  const log: string[] = [];
  const bug = new TypeError('x is not a function');
  const failed = await failure(throwing(bug), { host: { log: (line) => log.push(line) } });
  expect(failed).toMatchObject({ code: 'TY-NODE-FAILED', cause: bug });
  expect(failed.what).toBe('toy.give failed: x is not a function');
  expect(log.join('\n')).toContain('execute.test.ts');
  expect(log.join('\n')).not.toMatch(/worker[\\/]execute\.ts/);
  expect((await failure(throwing('only words'))).what).toBe('toy.give failed: only words');
});

test('an error of some MB leaves the node short, in all its parts, and stands whole in its log', async () => {
  const huge = (letter: string): string => letter.repeat(5_000_000);
  const bug = Object.assign(new Error(huge('m')), { cause: new Error(huge('c')) });
  const user = new UserError(huge('w'), {
    where: { column: huge('p') },
    expected: huge('e'),
    actual: huge('a'),
    remedy: huge('r'),
  });
  for (const [thrown, letters] of [
    [bug, 'mc'],
    [user, 'wpear'],
    [huge('s'), 's'],
  ] as const) {
    let log = '';
    const failing = giving(numbers, () => Promise.reject(thrown as Error));
    const error = await failure(failing, { host: { log: (line) => void (log += line) } });
    expect(error.permanent).toBe(thrown === user);
    // As Temporal carries it: message, stack and details.
    expect(JSON.stringify([error.message, error.stack, error.toRecord()]).length).toBeLessThan(60_000);
    for (const letter of letters) expect(log.includes(huge(letter)), letter).toBe(true);
  }
});

test.each<[string, unknown, string]>([
  ['nothing', null, 'null'],
  ['an object', { code: 5 }, '{"code":5}'],
  ['an object without a text', Object.create(null), '{}'],
  [
    'what cannot be read',
    Object.defineProperty({}, 'toJSON', {
      get: () => {
        throw new Error('no');
      },
    }),
    'a object without a text',
  ],
])('%s thrown is a failure as any other', async (_, thrown, text) => {
  const failing = giving(numbers, () => Promise.reject(thrown as Error));
  expect((await failure(failing)).what).toBe(`toy.give failed: ${text}`);
});

test('a long word of progress is cut, and a report that no study could take is refused', async () => {
  const talking = giving(json(z.number()), async (ctx) => {
    ctx.progress(0.5, 'y'.repeat(1_000_000));
    await ctx.report(1, { ['n'.repeat(100_000)]: 1 }).catch((error: TrainyardError) => ctx.log(error.code));
    return { value: 1 };
  });
  await using run = await runNode(talking);
  expect(run.progress[0]?.message?.length).toBeLessThan(600);
  expect(run.log).toEqual(['TY-NODE-OUTPUT']);
});

test('a cancelled node ends with the reason it was cancelled for, not with a failure of its own', async () => {
  const stop = new AbortController();
  const waiting = giving(numbers, async (ctx) => {
    stop.abort(new Error('cancelled by an operator'));
    ctx.signal.throwIfAborted();
  });
  await expect(runNode(waiting, { host: { signal: stop.signal } })).rejects.toThrow('cancelled by an operator');
});

test('a node resumes from its newest whole checkpoint', async () => {
  const store = new FileStore(path.join(root, 'checkpoints'));
  const seen: (string | undefined)[] = [];
  const steps = giving(json(z.number()), async (ctx) => {
    const state = await ctx.checkpoint.load();
    seen.push(state && Buffer.from(state).toString());
    await ctx.checkpoint.save(Buffer.from('step 1'));
    await ctx.checkpoint.save(Buffer.from('step 2'));
    if (seen.length < 3) throw new Error('crash');
    return { value: 1 };
  });
  await failure(steps, { store });
  let newest = '';
  for await (const { key } of store.list('checkpoints/')) if (key > newest) newest = key;
  await failure(steps, { store });
  await store.put(newest.replace(/\d+$/, '00000004'), Buffer.from('damaged'.repeat(9)));
  await using run = await runNode(steps, { store });
  expect(seen).toEqual([undefined, 'step 2', 'step 1']);
  await new Checkpoints(store, run.key).drop();
  for await (const { key } of store.list('checkpoints/')) throw new Error(`${key} is left`);
});

test('a node is told the key of its call, which is the same again', async () => {
  const told = giving(json(z.string()), (ctx) => ({ value: ctx.key }));
  await using first = await runNode(told);
  await using again = await runNode(told, { host: { attempt: 2 } });
  await using other = await runNode(told, { params: { factor: 3 } });
  expect([first.output.value, again.output.value]).toEqual([first.key, first.key]);
  expect(other.output.value).not.toBe(first.key);
});
