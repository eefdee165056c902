import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { makeHandle, type Handle } from '../../core/handle.js';
import type { Kind, Model, Ref, SealedTable, Table } from '../../core/kinds.js';
import type { AnyContract } from '../../core/node.js';
import { setRuntime, type PipelineRuntime } from '../../core/runtime.js';
import { readPenguins } from '../../examples/penguins/demo/data.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { runNode, tableOf, type NodeRun, type TestArtifact } from '../../worker/testing/index.js';
import type { FittedTransform } from '@trainyard/transforms';
import { baselineNode, logisticNode } from '../train/worker.js';
import { duel, type DuelOptions } from './duel.js';
import { challengeNode } from './worker.js';

// 342 real penguins (Horst, Hill and Gorman 2020), dealt by turns: to train, to serve, to the sealed test set.
const measures = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g'] as const;
const birds = readPenguins(new URL('../../examples/penguins/data/penguins.csv', import.meta.url).pathname).filter(
  (row) => row['body_mass_g'] !== null,
);
const part = (which: number) => birds.filter((_, at) => at % 3 === which);

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-duel-'));
const store = new FileStore(folder);
const artifacts = new Artifacts(store);
afterAll(() => {
  setRuntime(undefined);
  rmSync(folder, { recursive: true, force: true });
});

const stored = async <K extends Kind>(kind: K['kind'], artifact: TestArtifact): Promise<Ref<K>> =>
  (await artifacts.write(kind, artifact as never)) as Ref<K>;

interface Called {
  readonly inputs: readonly string[];
}
let calls: Called[] = [];
let decisions: { name: string; passed: boolean }[] = [];

/** What a run offers a pipeline, as far as a duel needs it: each call runs its node at once, in this process. */
const runtime = {
  call: (contract: AnyContract, args: Readonly<Record<string, unknown>>) => {
    const given = Object.entries(args).filter(([name]) => name in contract.spec.inputs);
    calls.push({ inputs: given.map(([name]) => name).sort() });
    const ref = (async () => {
      const inputs = Object.fromEntries(
        await Promise.all(given.map(async ([name, handle]) => [name, await (handle as Handle)] as const)),
      );
      const params = Object.fromEntries(Object.entries(args).filter(([name]) => !(name in contract.spec.inputs)));
      return (await runNode(challengeNode, { params, inputs, store })).output.ref;
    })();
    const kind = contract.spec.outputs as Kind;
    return { out: makeHandle({ kind, call: `n${calls.length}`, port: 'out', node: contract.spec.name, ref }) };
  },
  value: async (handle: Handle) => (await artifacts.open(await handle)).value,
  decide: (one: { name: string; passed: boolean }) => decisions.push(one),
} as unknown as PipelineRuntime;

let models: Record<'good' | 'none', Ref<Model>>;
let sealed: Ref<SealedTable>;
beforeAll(async () => {
  const train = await tableOf(part(0));
  const steps: FittedTransform['steps'] = measures.map((column, at) => ({
    kind: 'numeric',
    column,
    fill: 0,
    center: [44, 17, 200, 4200][at]!,
    scale: [5.5, 2, 14, 800][at]!,
    clip: 10,
    indicator: false,
  }));
  const transform: FittedTransform = { format: 'trainyard.transform/1', rows: part(0).length, steps };
  const inputs = { train, prep: { files: { 'transform.json': JSON.stringify(transform) } } };
  const params = { label: 'species' };
  const [good, none] = await Promise.all(
    [logisticNode, baselineNode].map((node) => runNode(node, { params, inputs, store })),
  );
  const modelOf = (run: NodeRun): Ref<Model> => run.outputs['model']!.ref as Ref<Model>;
  models = { good: modelOf(good!), none: modelOf(none!) };
  sealed = await stored('sealed table', await tableOf(part(2)));
});
beforeEach(() => {
  [calls, decisions] = [[], []];
  setRuntime(runtime);
});

interface Verdict {
  readonly verdict: 'promote' | 'keep';
  readonly decided: boolean;
  readonly reasons: readonly string[];
  readonly sets: readonly { readonly rows: string; readonly n: number; readonly interval: readonly number[] }[];
}

async function fight(
  challenger: keyof typeof models,
  champion: keyof typeof models,
  rows: number,
  rule: Pick<DuelOptions, 'rule' | 'margin' | 'least'> = { rule: 'not worse', margin: 0.1 },
): Promise<Verdict & { artifact: InputArtifact }> {
  const fresh = await stored<Table>('table', await tableOf(part(1).slice(0, rows)));
  const { report } = await duel({
    challenger: models[challenger],
    champion: models[champion],
    fresh,
    test: sealed,
    ...rule,
  });
  const artifact = await artifacts.open(await report);
  return { ...(artifact.value as Verdict), artifact };
}

describe('a duel', () => {
  test('that fresh rows decide leaves the sealed test set closed: for the challenger', async () => {
    const { verdict, decided, sets } = await fight('good', 'none', 60);
    expect({ verdict, decided, sets: sets.map(({ rows, n }) => [rows, n]) }).toEqual({
      verdict: 'promote',
      decided: true,
      sets: [['fresh', 60]],
    });
    expect(calls).toEqual([{ inputs: ['challenger', 'champion', 'fresh'] }]);
    expect(decisions).toMatchObject([{ name: 'the fresh rows decide', passed: true }]);
  });

  test('that fresh rows decide leaves the sealed test set closed: for the champion', async () => {
    const { verdict, decided, reasons } = await fight('none', 'good', 60);
    expect({ verdict, decided }).toEqual({ verdict: 'keep', decided: true });
    expect(reasons[0]).toContain('it is worse by more than the margin of 0.1');
    expect(calls).toHaveLength(1);
  });

  test('that too few fresh rows cannot decide opens it, and the report has the figures on both', async () => {
    const { verdict, sets, artifact } = await fight('good', 'none', 20);
    expect(verdict).toBe('promote');
    expect(calls.map(({ inputs }) => inputs)).toEqual([
      ['challenger', 'champion', 'fresh'],
      ['before', 'challenger', 'champion', 'test'],
    ]);
    expect(decisions).toMatchObject([{ passed: false }]);
    expect(sets.map(({ rows, n }) => [rows, n])).toEqual([
      ['fresh', 20],
      ['test', part(2).length],
    ]);
    for (const { interval } of sets) expect(interval[0]).toBeLessThanOrEqual(interval[1]!);
    const page = await artifact.text('report.html');
    expect(page).toContain('Fresh rows (20)');
    expect(page).toContain('20 fresh rows are fewer than the 30 that may decide');
    expect(page).toContain('opened for the first time');
  });

  test('of equals that ask for better is decided by neither, and keeps the champion', async () => {
    const { verdict, sets } = await fight('good', 'good', 60, { rule: 'better', margin: 0.02, least: 100 });
    expect(verdict).toBe('keep');
    expect(sets.map(({ rows }) => rows)).toEqual(['fresh', 'test']);
  });
});

test('of several looks each spends its part of alpha: the intervals are wider', async () => {
  const width = async (looks: number): Promise<number> => {
    const fresh = await stored<Table>('table', await tableOf(part(1)));
    const inputs = { challenger: models.good, champion: models.none, fresh };
    const run = await runNode(challengeNode, { params: { alpha: 0.5, looks }, inputs, store });
    const [low = 0, high = 0] = (run.output.value as Verdict).sets[0]!.interval;
    return high - low;
  };
  // 50 % against 97.5 % of the draws.
  expect(await width(20)).toBeGreaterThan(2 * (await width(1)));
});
