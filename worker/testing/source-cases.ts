import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isTrainyardError } from '@trainyard/errors';
import { rawName, RECORD_NAME, sql, withDatabase } from '@trainyard/tables';
import { canonical, type Json } from '../../core/json.js';
import { partsOf } from '../../core/provided-parts.js';
import type { Source } from '../../core/source.js';
import { sourceOnHand, type Snapshot, type SourceContext, type SourceKind } from '../../activities/sources/index.js';

/** A small source of the kind under test, which the cases look at, change and read. */
export interface SourceExample {
  readonly kind: SourceKind;
  readonly source: Source;
  /** The project's folder, which paths are relative to. */
  readonly project: string;
  /** Values of the secrets that the source names, each eight characters or longer. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Options that the kind must refuse. */
  readonly wrong: readonly Json[];
  /** Adds to what the source holds, so that its state and its rows are others afterwards. */
  change(): Promise<void>;
  /** Holds the same again, written in another order or at another time, where a kind can. */
  rewrite?(): Promise<void>;
  /** Adds rows after the watermark of a snapshot; for kinds that have watermarks. Gives how many. */
  grow?(): Promise<number>;
  /** Where the kind's code lies, compiled: a process of its own is killed while it takes a snapshot. */
  readonly compiled?: { readonly module: string; readonly exportName: string };
}

export interface SourceCase {
  readonly name: string;
  run(example: SourceExample): Promise<void>;
}

/** A snapshot as the cases compare it: names and digests of its files, in order, with what is said of them. */
interface Taken {
  readonly folder: string;
  readonly kept: string;
  readonly snapshot: Snapshot;
  readonly digests: readonly (readonly [file: string, name: string, digest: string])[];
  readonly said: readonly string[];
}

interface TakeOptions {
  readonly since?: Json | undefined;
  /** A folder that is kept from another snapshot; a new one by default. */
  readonly kept?: string;
  /** Gives up after so many words of progress. */
  readonly stopAfter?: number;
}

const temporary = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'trainyard-source-case-'));

async function contextOf(
  example: SourceExample,
  said: string[],
  stopAfter = Infinity,
): Promise<SourceContext & { folder: string }> {
  const folder = await temporary();
  const scratch = path.join(folder, 'scratch');
  await mkdir(scratch);
  const abort = new AbortController();
  let told = 0;
  return {
    folder,
    scratch,
    signal: abort.signal,
    project: example.project,
    secret: (name) => {
      const value = example.secrets?.[name];
      ok(value !== undefined, `the source asks for the secret "${name}", which its example does not have`);
      return value;
    },
    log: (message) => said.push(message),
    progress: (_, message) => {
      if (message !== undefined) said.push(message);
      if (++told >= stopAfter) abort.abort(new Error('given up'));
    },
  };
}

async function take(example: SourceExample, options: TakeOptions = {}): Promise<Taken> {
  const { kind, options: own } = await known(example);
  const said: string[] = [];
  const ctx = await contextOf(example, said, options.stopAfter);
  const into = path.join(ctx.folder, 'into');
  const kept = options.kept ?? path.join(ctx.folder, 'kept');
  for (const one of [into, kept]) await mkdir(one, { recursive: true });
  const snapshot = await kind.snapshot(own, { into, since: options.since, kept: async () => kept, ctx });
  const digests = [];
  for (const { file, name } of snapshot.files)
    digests.push([
      file,
      name,
      createHash('sha256')
        .update(await readFile(path.join(into, file)))
        .digest('hex'),
    ] as const);
  return { folder: into, kept, snapshot, digests, said };
}

const known = ({ kind, source }: SourceExample) => sourceOnHand(source, partsOf([kind]));

/** What must be equal for two snapshots to be one artifact. */
const sameness = ({ digests, snapshot: { watermark = null, provenance = null } }: Taken) =>
  canonical({ digests, watermark, provenance });

async function stateOf(example: SourceExample, patience = 5_000): Promise<Json> {
  const { kind, options } = await known(example);
  const said: string[] = [];
  // What was written a moment ago may be under way.
  for (const until = Date.now() + patience; ; await wait(100)) {
    const state = await kind.state(options, { ctx: await contextOf(example, said) });
    if (state !== null) return state.version;
    ok(Date.now() < until, 'the source says that it holds nothing, or is being written, for seconds');
  }
}

/** All rows that a snapshot is read as. */
async function rowsOf(example: SourceExample, taken: Taken): Promise<readonly object[]> {
  const { kind, options } = await known(example);
  const ctx = await contextOf(example, []);
  return withDatabase({ scratch: ctx.scratch }, async (database) => {
    const opened = { ...taken.snapshot, path: async (file: string) => path.join(taken.folder, file) };
    const raw = await kind.toTable(opened, options, { database, missing: [''], ctx });
    const rows = await database.rows<Record<string, Json>>(sql`FROM ${raw.numbered}`);
    deepStrictEqual(
      rows.map((row) => row[RECORD_NAME]),
      rows.map((_, i) => i + 1),
      'records are numbered from 1, in order',
    );
    const cells = raw.columns.map((_, i) => rawName(i));
    for (const row of rows) for (const cell of cells) ok(cell in row, `${cell} is among the cells`);
    const places = await raw.locate(rows.length === 0 ? [] : [1, rows.length]);
    if (rows.length > 0) ok(places.has(1) && places.has(rows.length), 'the first and the last record have a place');
    return rows.map((row) => Object.fromEntries(cells.map((cell, i) => [raw.columns[i]?.name ?? '', row[cell]])));
  });
}

/**
 * What every source kind must promise, as a list to run against a small source of it. Each case may change the source.
 *
 * ```ts
 * for (const one of sourceCases) test(one.name, () => one.run(example));
 * ```
 */
export const sourceCases: readonly SourceCase[] = [
  {
    name: 'says what it is, and takes the options of its source',
    run: async (example) => {
      deepStrictEqual([example.kind.part, example.kind.opens], ['source kind', 'source']);
      ok(example.kind.title.length > 0);
      deepStrictEqual((await known(example)).options, example.source.options);
    },
  },
  {
    name: 'refuses options that are none, in words',
    run: async ({ kind, wrong }) => {
      ok(wrong.length > 0, 'the example names options that are wrong');
      for (const options of wrong)
        await rejects(sourceOnHand({ kind: kind.name, options: options as never }, partsOf([kind])), isTrainyardError);
    },
  },
  {
    name: 'gives the same bytes each time, with what it has kept and without',
    run: async (example) => {
      const first = await take(example);
      ok(first.digests.length > 0, 'a snapshot has files');
      deepStrictEqual(sameness(await take(example)), sameness(first));
      deepStrictEqual(sameness(await take(example, { kept: first.kept })), sameness(first));
      await writeFile(path.join(first.kept, 'left by another'), 'x');
      deepStrictEqual(sameness(await take(example, { kept: first.kept })), sameness(first));
    },
  },
  {
    name: 'gives the same bytes for the same content, whatever the order in which it was written',
    run: async (example) => {
      if (!example.rewrite) return;
      const before = await take(example);
      await example.rewrite();
      deepStrictEqual(sameness(await take(example)), sameness(before));
      deepStrictEqual(sameness(await take(example, { kept: before.kept })), sameness(before));
    },
  },
  {
    name: 'has one state as long as it holds the same, and another when that has changed, as its bytes have',
    run: async (example) => {
      const [state, taken] = [await stateOf(example), await take(example)];
      deepStrictEqual(await stateOf(example), state);
      await example.change();
      const [later, changed] = [await stateOf(example), await take(example, { kept: taken.kept })];
      ok(canonical(later) !== canonical(state), 'another state');
      ok(sameness(changed) !== sameness(taken), 'another snapshot');
      deepStrictEqual(sameness(await take(example)), sameness(changed));
    },
  },
  {
    name: 'is read as the same rows each time',
    run: async (example) => {
      const taken = await take(example);
      const rows = await rowsOf(example, taken);
      ok(rows.length > 0, 'the example has rows');
      deepStrictEqual(await rowsOf(example, taken), rows);
    },
  },
  {
    name: 'gives what came after a watermark, all of it and nothing before',
    run: async (example) => {
      if (!example.grow) return;
      const before = await take(example);
      ok(before.snapshot.watermark !== undefined, 'a kind that grows has a watermark');
      const rows = await rowsOf(example, before);
      const added = await example.grow();
      const after = await rowsOf(example, await take(example, { since: before.snapshot.watermark }));
      deepStrictEqual(after.length, added);
      const all = await rowsOf(example, await take(example));
      deepStrictEqual(all.length, rows.length + added);
    },
  },
  {
    name: 'holds no secret and no place of this machine in what it gives and says',
    run: async (example) => {
      const taken = await take(example);
      const { files, watermark, provenance } = taken.snapshot;
      const given = [canonical({ files, watermark: watermark ?? null, provenance: provenance ?? null })];
      for (const { file } of files) {
        ok(path.basename(file) === file, `${file} has no slash in it`);
        given.push((await readFile(path.join(taken.folder, file))).toString('latin1'));
      }
      const words = [...given, ...taken.said, canonical(await stateOf(example))];
      for (const [name, value] of Object.entries(example.secrets ?? {}))
        for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
          ok(!words.some((text) => text.includes(form)), `the secret "${name}" stands in what it gives or says`);
      for (const place of [example.project, taken.folder])
        ok(!given.some((text) => text.includes(place)), `${place} stands in what it gives`);
    },
  },
  {
    name: 'gives the same bytes after it was given up in the middle',
    run: async (example) => {
      const whole = await take(example);
      const kept = await temporary();
      for (const stopAfter of [1, 2]) await take(example, { kept, stopAfter }).catch(() => undefined);
      deepStrictEqual(sameness(await take(example, { kept })), sameness(whole));
    },
  },
  {
    name: 'gives the same bytes after its process was killed in the middle',
    run: async (example) => {
      const { compiled, source, project, secrets = {} } = example;
      if (!compiled) return;
      const whole = await take(example);
      const kept = await temporary();
      for (const delayMs of [0, 5, 30]) {
        const folder = await temporary();
        const ask = {
          module: pathToFileURL(compiled.module).href,
          exportName: compiled.exportName,
          source,
          project,
          secrets,
          kept,
          folder,
        };
        const child = spawn(process.execPath, ['--input-type=module', '-e', TAKES, JSON.stringify(ask)], {
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        const has = async (): Promise<boolean> => {
          const written = await readdir(folder, { recursive: true });
          return written.some((name) => /^into-[^/\\]+[/\\]./.test(name)) || (await readdir(kept)).length > 0;
        };
        while (child.exitCode === null && !(await has())) await wait(2);
        await wait(delayMs);
        child.kill('SIGKILL');
        await ended;
        await rm(folder, { recursive: true, force: true });
      }
      deepStrictEqual(sameness(await take(example, { kept })), sameness(whole));
    },
  },
];

/** Takes a snapshot again and again, in a process that is to be killed. */
const TAKES = `
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
const ask = JSON.parse(process.argv.at(-1));
const kind = (await import(ask.module))[ask.exportName];
for (;;) {
  const into = mkdtempSync(path.join(ask.folder, 'into-'));
  const scratch = mkdtempSync(path.join(ask.folder, 'scratch-'));
  const ctx = { signal: new AbortController().signal, project: ask.project, scratch, secret: (name) => ask.secrets[name], log() {}, progress() {} };
  await kind.snapshot(ask.source.options, { into, kept: async () => ask.kept, ctx });
}`;
