import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { partsOf, type Part } from '../../cli/plugins/catalogue.js';
import { json, many, model, optional, report, sealedTable, table } from '../../core/kinds.js';
import {
  node,
  NODE_DEFAULTS,
  type AnyContract,
  type CallOptions,
  type Resources,
  type Retry,
} from '../../core/node.js';
import { builtInPlugins } from '../../project/project.js';
import type { NodeContext } from '../../worker/index.js';
import { builtInNodes } from './nodes-page.js';
import { sectionsOf, valueOfCode } from './sections.js';

const page = new URL('../../docs/nodes.md', import.meta.url);
const text = readFileSync(page, 'utf8');

/** Every field, as the compiler knows them: one that is forgotten here does not compile. */
const RESOURCES: Record<keyof Resources, true> = { cpu: true, memory: true, gpu: true, labels: true };
const RETRY: Record<keyof Retry, true> = { attempts: true, initialInterval: true, maximumInterval: true };
const CONTRACT: Record<keyof AnyContract['spec'], true | Readonly<Record<string, true>>> = {
  name: true,
  version: true,
  title: true,
  params: true,
  inputs: true,
  outputs: true,
  resources: RESOURCES,
  retry: RETRY,
  timeout: true,
  queueTimeout: true,
  seeded: true,
  tensorflow: true,
  effect: true,
  cache: true,
  notInKey: true,
  asks: true,
  continuesOver: true,
  facts: true,
  reproducible: true,
  readsOn: true,
  light: true,
  opens: true,
};
const OPTIONS: Record<keyof CallOptions, true> = {
  id: true,
  summary: true,
  reason: true,
  resources: true,
  retry: true,
  timeout: true,
};
const CONTEXT: Record<keyof NodeContext, true> = {
  seed: true,
  threads: true,
  backend: true,
  signal: true,
  scratch: true,
  device: true,
  run: true,
  scope: true,
  attempt: true,
  key: true,
  openedBefore: true,
  log: true,
  progress: true,
  report: true,
  goesOn: true,
  checkpoint: true,
  secret: true,
  client: true,
};

const sections = sectionsOf('nodes.md');
const contract = sections.filter(({ part }) => part === 'The contract');
const options = sections.filter(({ part }) => part === 'What a call may change');

/** The value at a path such as `retry.attempts`. */
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);

/** An example of the page, with the words of contracts at hand. */
function example(code: string): Readonly<Record<string, unknown>> {
  const words = { z, json, many, model, optional, report, sealedTable, table };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is the page's own example
  return (new Function(...Object.keys(words), `return (${code});`) as (...all: unknown[]) => Record<string, unknown>)(
    ...Object.values(words),
  );
}

let parts: readonly Part[] = [];
beforeAll(async () => {
  const plugins = await builtInPlugins();
  const contracts = new Map(plugins.flatMap((one) => one.contracts).map((one) => [one.spec.name, one]));
  parts = partsOf({ contracts, plugins });
});

describe('docs/nodes.md', () => {
  it('has every field of a contract, every option of a call and all that an implementation is given, no other', () => {
    const fields = Object.entries(CONTRACT).flatMap(([name, inner]) =>
      inner === true ? [name] : Object.keys(inner).map((one) => `${name}.${one}`),
    );
    expect(contract.map(({ field }) => field).sort()).toEqual(fields.sort());
    expect(options.map(({ field }) => field).sort()).toEqual(
      Object.keys(OPTIONS)
        .map((name) => `options.${name}`)
        .sort(),
    );
    const given = text.slice(text.indexOf('| `ctx.` |'), text.indexOf('## A function that calls'));
    expect([...given.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(CONTEXT).sort());
  });

  it('says the type of each, and the default that counts where nothing is said', async () => {
    for (const { field, type, byDefault } of [...contract, ...options]) {
      expect(type, field).not.toBe('');
      const said = byDefault && 'code' in byDefault ? await valueOfCode(byDefault.code) : undefined;
      expect(said, field).toEqual(at(NODE_DEFAULTS, field));
    }
  });

  it('shows an example of each, which makes a contract', () => {
    for (const { field, examples } of contract) {
      expect(examples, field).toHaveLength(1);
      const given = example(`{ ${examples[0]} }`);
      expect(at(given, field), field).toBeDefined();
      const params = z.object({ column: z.number() });
      const outputs = json(z.object({ f1: z.object({ macro: z.number() }) }));
      const whole = { name: 'toy.one', version: '1', params, inputs: {}, outputs, ...given };
      expect(node(whole as AnyContract['spec']).spec, field).toBe(whole);
    }
    for (const { field, examples } of options) {
      expect(examples, field).toHaveLength(1);
      expect(Object.keys(example(examples[0] ?? '')), field).toEqual([field.replace('options.', '')]);
    }
  });

  it('has a row for each built-in node and each function of several, as their contracts say', async () => {
    const heading = '## The built-in nodes\n';
    const head = text.slice(0, text.indexOf(heading) + heading.length);
    await expect(head + builtInNodes(parts)).toMatchFileSnapshot(page.pathname);
  });

  it('says what each parameter of a built-in node means, where `trainyard plugins` shows it', () => {
    for (const { name, params } of parts) {
      const { properties = {} } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as {
        properties?: Readonly<Record<string, { description?: string }>>;
      };
      for (const [field, { description }] of Object.entries(properties))
        expect(description, `${name} ${field}`).toMatch(/\S/);
    }
  });
});
