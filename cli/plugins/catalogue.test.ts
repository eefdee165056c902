import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeHandle } from '../../core/handle.js';
import { json, table } from '../../core/kinds.js';
import { node, outputPorts, type AnyContract } from '../../core/node.js';
import { setRuntime, type PipelineRuntime } from '../../core/runtime.js';
import { builtInPlugins, type PluginModule } from '../../project/project.js';
import { partsNamed, partsOf, type Part } from './catalogue.js';
import { inFull } from './in-full.js';

let plugins: PluginModule[] = [];
let parts: Part[] = [];
beforeAll(async () => {
  plugins = await builtInPlugins();
  const contracts = new Map(plugins.flatMap((one) => one.contracts).map((one) => [one.spec.name, one]));
  parts = partsOf({ contracts, plugins });
});
afterEach(() => setRuntime(undefined));

const shown = (name: string): string => {
  const [part, ...others] = partsNamed(parts, name);
  expect(others).toEqual([]);
  return stripVTControlCharacters(inFull(part!));
};
const toShow = (contract: AnyContract): string => {
  const [part] = partsOf({ contracts: new Map([['x', contract]]), plugins: [] });
  return stripVTControlCharacters(inFull(part!));
};

describe('trainyard plugins', () => {
  it('ingest.csv was not found, though pipelines call it so', () => {
    expect(shown('ingest.csv')).toMatch(/calls +ingest\.snapshot, ingest\.parse/);
    expect(shown('ingest.csv')).toMatch(/^ {2}key +text \| list of text +optional/m);
    expect(partsNamed(parts, 'labels').map(({ name }) => name)).toContain('labels.review');
  });

  it('finds by the last word, or the family, what a mistyped name meant', () => {
    for (const [name, meant] of [
      ['csv', '"ingest.csv"'],
      ['ingest.cvs', '"ingest.csv"'],
      ['trian', '"train"'],
      ['endpoint', '"deploy.endpoint" or "monitor.endpoint"'],
    ] as const)
      expect(() => partsNamed(parts, name)).toThrow(`did you mean ${meant}?`);
  });

  it('a part whose name has no family was told twice among those that there are', () => {
    const plain = [{ name: 'backfill' }, { name: 'clean.table' }];
    expect(() => partsNamed(plain, 'something-quite-else')).toThrow('there are: backfill, clean, clean.table');
  });

  it('options that are objects were cut: every field of every part is there, its words whole', () => {
    const words = (schema: unknown): string[] =>
      typeof schema !== 'object' || schema === null
        ? []
        : Object.entries(schema).flatMap(([name, value]) => [
            ...(name === 'properties' ? Object.keys(value as object) : []),
            ...(name === 'description' && typeof value === 'string' ? [value] : []),
            ...words(value),
          ]);
    for (const part of parts) {
      const text = shown(part.name);
      expect(text).not.toContain('…');
      for (const word of words(z.toJSONSchema(part.params, { io: 'input', unrepresentable: 'any' })))
        expect(text, part.name).toContain(word);
    }
    expect(shown('clean.table')).toMatch(/^ {4}rule: "range" +numbers from min to max$/m);
    expect(shown('clean.table')).toMatch(/^ {6}min +number +optional$/m);
  });

  it('says what lists, records, several forms and what is given hold, however deep', () => {
    const params = z.object({
      by: z.record(z.string(), z.object({ weight: z.number().default(1) })).describe('by class'),
      either: z.union([z.string(), z.object({ of: z.array(z.object({ deep: z.boolean() })) })]),
      pair: z.tuple([z.number(), z.string()]).optional(),
    });
    const outputs = { found: json(z.object({ count: z.int().describe('how many') })) };
    const said = toShow(node({ name: 'toy.deep', version: '1', params, inputs: { table }, outputs }));
    expect(said).toMatch(/^ {2}by +by name: object +required +by class$/m);
    expect(said).toMatch(/^ {4}weight +number +1$/m);
    expect(said).toMatch(/^ {2}either +text \| object +required$/m);
    expect(said).toMatch(/^ {6}deep +true \| false +required$/m);
    expect(said).toMatch(/^ {2}pair +\[number, text\] +optional$/m);
    expect(said).toMatch(/^ {2}found holds +type\n {2}count +whole number +how many$/m);
  });
});

describe('a function that calls several nodes', () => {
  /** What each is called with: together these calls come to all of its nodes, and the last one has all of its outputs. */
  const options: Readonly<Record<string, readonly object[]>> = {
    'evaluate.duel': [{}],
    'ingest.csv': [{ source: 'birds.csv' }, { source: 'birds.csv', bad: { limit: 1 } }],
    'ingest.read': [
      { source: 'birds.csv', since: 'last run' },
      { source: 'birds.csv', bad: { limit: 1, over: 'hold' } },
    ],
    'labels.review': [{ label: 'species' }],
    'labels.reviewed': [{ label: 'species' }],
    'split.folds': [{ k: 3 }],
    'split.nested': [{ outer: 2, inner: 2 }],
  };

  it('is called as it is named, and calls the nodes that it names', () => {
    const composites = plugins.flatMap((plugin) => plugin.composites.map((one) => ({ family: plugin.name, one })));
    expect(composites.map(({ one }) => one.composite.name).sort()).toEqual(Object.keys(options));
    for (const { family, one } of composites) {
      const { name, nodes, inputs, outputs } = one.composite;
      expect(name.startsWith(`${family}.`)).toBe(true);
      const called: string[] = [];
      setRuntime({
        scope: <T>(_: string, work: () => T): T => work(),
        // No node has ended yet.
        value: () => new Promise<never>(() => undefined),
        call: ({ spec }: AnyContract) => {
          called.push(spec.name);
          const made = Object.entries(outputPorts(spec)).map(([port, kind]) => {
            const ref = new Promise<never>(() => undefined);
            return [port, makeHandle({ kind, call: spec.name, port, node: spec.name, ref })];
          });
          return Object.fromEntries(made) as Record<string, never>;
        },
      } as unknown as PipelineRuntime);
      const given = Object.entries(inputs).map(([port, kind]) => {
        const ref = new Promise<never>(() => undefined);
        return [port, makeHandle({ kind, call: 'before', port, node: 'before', ref })];
      });
      const call = one as unknown as (args: object) => Record<string, unknown>;
      const results = options[name]?.map((args) => call({ ...args, ...Object.fromEntries(given) }));
      const result = results?.at(-1);
      expect([...new Set(called)], name).toEqual(nodes.map(({ spec }) => spec.name));
      // What awaits a node before it goes on has its outputs later.
      if (result instanceof Promise) continue;
      for (const port of Object.keys(outputPorts({ outputs })).filter((each) => each !== 'out'))
        expect(Array.isArray(result) ? { ...result[0], ...result } : result, name).toHaveProperty(port);
    }
  });

  it('is exported by the name that pipelines call it by', async () => {
    for (const plugin of plugins) {
      const face = (await import(plugin.contractFile)) as Readonly<Record<string, unknown>>;
      for (const one of plugin.composites) expect(face[one.composite.name.split('.')[1] ?? '']).toBe(one);
    }
  });
});
