import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hashCode } from './code-hash.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-hash-'));
const linked = mkdtempSync(path.join(tmpdir(), 'trainyard-linked-'));
afterAll(() => [root, linked].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const write = (file: string, text: string, folder = root): void => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};
const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, type: 'module', main: 'index.js', ...more });

/** Five nodes in one file, with contracts in one file beside: what they use of each other's surroundings differs. */
const FILES: Readonly<Record<string, string>> = {
  'contracts.ts': `
    import { z } from 'zod';
    import { json, many, node, optional } from 'trainyard';
    const num = json(z.object({ n: z.number() }));
    const base = z.object({ label: z.string() });
    const settings = { version: '1', timeout: 60 * 1000 } as const;
    export const a = node({ name: 't.a', ...settings, params: base.extend({ x: z.number() }), inputs: {}, outputs: num });
    export const b = node({ name: 't.b', ...settings, params: base.extend({ y: z.number() }), inputs: { of: num }, outputs: num });
    export const c = node({ name: 't.c', version: '1', params: z.object({}), inputs: { of: many(num) }, outputs: num });
    export const d = node({ name: 't.d', version: '1', params: z.object({}), inputs: { of: optional(num) }, outputs: { low: num, high: num } });
    export const e = node({ name: 't.e', version: '1', params: z.strictObject({}), inputs: {}, outputs: num });`,
  'worker.ts': `
    import { readFileSync } from 'node:fs';
    import { implement } from 'trainyard/worker';
    import { pure } from 'pure-package';
    import { other } from 'other-package';
    import { a, b, c, d, e } from './contracts.js';
    import { double, triple } from './helpers.js';
    import { Scale } from './scale.js';
    import table from './table.json';
    import { shared } from '@shared/linked';
    const OFFSET = 3;
    const LIMITS = { low: Math.min(1, 2), high: Number('9') } as const;
    const words = new Set(['one', 'two']);
    let calls = 0;
    function shift(n: number): number { return n + OFFSET; }
    export const aIt = implement(a, ({ params }) => ({ value: { n: shift(params.x) } }));
    export const bIt = implement(b, ({ params }) => ({ value: { n: double(params.y) + OFFSET } }));
    export const cIt = implement(c, ({ inputs }) => ({ value: { n: pure(inputs.of.length) + LIMITS.high + table.rows } }));
    export const dIt = implement(d, () => { calls++; return { low: { value: { n: calls } }, high: { value: { n: other(words.size) } } }; });
    export default implement(e, () => ({ value: { n: new Scale(triple(2)).of(shared) } }));`,
  'helpers.ts': `
    const FACTOR = 2;
    export const double = (n: number): number => n * FACTOR;
    export const triple = (n: number): number => n * 3;`,
  'scale.ts': `
    export class Scale {
      constructor(readonly by: number) {}
      of(n: number): number { return n * this.by; }
    }`,
  'table.json': `{ "rows": 5 }`,
};

const NODES: Readonly<Record<string, string>> = { a: 'aIt', b: 'bIt', c: 'cIt', d: 'dIt', e: 'default' };

beforeEach(() => {
  for (const [file, text] of Object.entries(FILES)) write(file, text);
  write('package.json', manifest('hashed', '1.0.0'));
  write('node_modules/pure-package/package.json', manifest('pure-package', '1.0.0', { sideEffects: false }));
  write('node_modules/other-package/package.json', manifest('other-package', '1.0.0'));
  for (const name of ['pure', 'other'])
    write(`node_modules/${name}-package/index.js`, `export const ${name} = (n) => n;`);
  write('package.json', manifest('@shared/linked', '1.0.0'), linked);
  write('index.js', 'export const shared = 7;', linked);
  mkdirSync(path.join(root, 'node_modules/@shared'), { recursive: true });
  rmSync(path.join(root, 'node_modules/@shared/linked'), { force: true });
  symlinkSync(linked, path.join(root, 'node_modules/@shared/linked'));
});

async function hashes(): Promise<Record<string, string>> {
  const file = path.join(root, 'worker.ts');
  const hashed = await hashCode(
    Object.fromEntries(Object.entries(NODES).map(([name, exportName]) => [name, { file, exportName }])),
    root,
  );
  return Object.fromEntries(Object.entries(hashed).map(([name, { hash }]) => [name, hash]));
}

let unedited: Promise<Record<string, string>> | undefined;

/** Nodes whose hash is another after an edit. */
async function changedBy(edit: () => void): Promise<string> {
  const before = await (unedited ??= hashes());
  edit();
  const after = await hashes();
  return Object.keys(NODES)
    .filter((name) => before[name] !== after[name])
    .join(' ');
}

const replace = (file: string, from: string, to: string) => (): void => {
  const text = FILES[file] ?? '';
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  write(file, text.replace(from, to));
};
const append = (file: string, more: string) => (): void => write(file, `${FILES[file] ?? ''}\n${more}\n`);
const version =
  (name: string, more: object = {}) =>
  (): void =>
    write(`node_modules/${name}/package.json`, manifest(name, '1.0.1', more));

const EDITS: readonly (readonly [what: string, changes: string, edit: () => void])[] = [
  ['nothing', '', () => undefined],
  ['a comment', '', replace('worker.ts', 'const OFFSET', '/* said */ const OFFSET')],
  ['a comment in a node', '', replace('worker.ts', 'calls++;', 'calls++; // counted\n')],
  [
    'blank lines and indentation',
    '',
    replace('worker.ts', '=> ({ value: { n: shift', '=>\n\n   ({ value:\n { n: shift'),
  ],
  ['quotes, semicolons, commas', '', replace('worker.ts', "['one', 'two'])", '["one", "two",] )')],
  ['brackets that change nothing', '', replace('helpers.ts', 'n * FACTOR', '(n * FACTOR)')],
  ['a type', '', replace('worker.ts', 'function shift(n: number): number', 'function shift(n: 1 | 2 | number)')],
  ['a new interface', '', append('helpers.ts', 'export interface Added { readonly x: number }')],
  ['a new constant that nobody uses', '', append('worker.ts', 'const UNUSED = { of: Math.max(1, 2) };')],
  ['a new function that nobody uses', '', append('helpers.ts', 'export function unused(): number { return 1; }')],
  [
    'a new function with a name used elsewhere',
    '',
    append('helpers.ts', 'export function shift(): number { return 1; }'),
  ],
  [
    'a new node in the same file',
    '',
    append('worker.ts', 'export const again = implement(a, () => ({ value: { n: 0 } }));'),
  ],
  ['a comment in JSON', '', replace('table.json', '{ "rows"', '{\n  "rows"')],
  ['the work of a node', 'a', replace('worker.ts', 'shift(params.x)', 'shift(params.x + 1)')],
  ['the work of the default export', 'e', replace('worker.ts', 'triple(2)', 'triple(3)')],
  ['a constant of the file, used directly and by a function', 'a b', replace('worker.ts', 'OFFSET = 3', 'OFFSET = 4')],
  ['a constant computed by what is understood', 'c', replace('worker.ts', "Number('9')", "Number('8')")],
  ['a set', 'd', replace('worker.ts', "['one', 'two']", "['one']")],
  ['a variable of the file', 'd', replace('worker.ts', 'let calls = 0', 'let calls = 1')],
  ['a helper in another file', 'e', replace('helpers.ts', 'n * 3', 'n * 4')],
  ['a constant in another file', 'b', replace('helpers.ts', 'FACTOR = 2', 'FACTOR = 5')],
  ['a class in another file', 'e', replace('scale.ts', 'n * this.by', 'n / this.by')],
  ['a value in JSON', 'c', replace('table.json', '5', '6')],
  ['a contract', 'c', replace('contracts.ts', 'many(num)', 'many(json(z.object({ n: z.number().min(0) })))')],
  [
    'a schema that two contracts extend',
    'a b',
    replace('contracts.ts', 'label: z.string()', 'label: z.string().min(1)'),
  ],
  ['settings that two contracts spread', 'a b', replace('contracts.ts', '60 * 1000', '90 * 1000')],
  ['a kind that all contracts use', 'a b c d e', replace('contracts.ts', 'n: z.number()', 'n: z.number().int()')],
  ['a statement that acts', 'a b c d e', append('worker.ts', "words.add('three');")],
  ['a statement that acts in an imported file', 'a b c d e', append('helpers.ts', 'globalThis.name = "x";')],
  [
    'a constant made by a call that may act',
    'a b c d e',
    append('worker.ts', "const read = readFileSync('x', 'utf8');"),
  ],
  ['a constant made by a function of the file', 'a b c d e', append('worker.ts', 'const shifted = shift(1);')],
  [
    'a global whose name the file has taken',
    'a b c d e',
    append('worker.ts', 'const { Map } = globalThis as never; const made = new Map();'),
  ],
  ['a setting of zod', 'a b c d e', append('contracts.ts', 'const set = z.config({ jitless: true });')],
  ['a wait', 'a b c d e', append('worker.ts', 'const waited = await Promise.resolve(1);')],
  ['a package free of side effects', 'c', version('pure-package', { sideEffects: false })],
  ['a package that may have side effects', 'a b c d e', version('other-package')],
  ['code of a linked package, without a new version', 'e', () => write('index.js', 'export const shared = 8;', linked)],
];

describe('the hash of a node covers what it uses, and nothing else', () => {
  it.each(EDITS)('%s: %s', async (_, changes, edit) => {
    expect(await changedBy(edit)).toBe(changes);
  });
});

describe('in any graph of declarations, an edit changes those that reach it', () => {
  /** Declaration i uses only earlier ones, so that the graph has no cycle; each lies in one of three files. */
  const graphs = fc
    .array(fc.record({ file: fc.nat(2), form: fc.nat(3), uses: fc.array(fc.nat(), { maxLength: 3 }) }), {
      minLength: 4,
      maxLength: 14,
    })
    .chain((rows) =>
      fc.record({
        rows: fc.constant(
          rows.map((row, at) => ({ ...row, uses: at === 0 ? [] : [...new Set(row.uses.map((use) => use % at))] })),
        ),
        edited: fc.nat(rows.length - 1),
      }),
    );
  const FORMS: readonly ((at: number, uses: string, edit: number) => string)[] = [
    (at, uses, edit) => `export const d${at} = () => [${edit}, ${uses}];`,
    (at, uses, edit) => `export function d${at}() { return [${edit}, ${uses}]; }`,
    (at, uses, edit) => `export const d${at} = { n: ${edit}, of: [${uses}], key: String(${at}) };`,
    (at, uses, edit) => `export const d${at} = implement(contract, () => [${edit}, ${uses}]);`,
  ];

  it('and no other', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ rows, edited }) => {
        const build = async (edit: number): Promise<Record<string, { hash: string }>> => {
          for (const file of [0, 1, 2]) {
            const own = rows.flatMap((row, at) => (row.file === file ? [{ ...row, at }] : []));
            const imports = [...new Set(own.flatMap(({ uses }) => uses))].filter((use) => rows[use]?.file !== file);
            write(
              `f${file}.ts`,
              [
                `import { implement } from 'trainyard/worker';`,
                `import { node } from 'trainyard';`,
                `const contract = node({ name: 't.${file}' });`,
                ...imports.map((use) => `import { d${use} } from './f${rows[use]?.file}.js';`),
                ...own.map(({ at, form, uses }) =>
                  FORMS[form]?.(at, uses.map((use) => `d${use}`).join(), at === edited ? edit : 0),
                ),
              ].join('\n'),
            );
          }
          const entries = rows.map(
            ({ file }, at) => [`d${at}`, { file: path.join(root, `f${file}.ts`), exportName: `d${at}` }] as const,
          );
          return hashCode(Object.fromEntries(entries), root);
        };
        const [before, after] = [await build(0), await build(1)];
        const reaches = (at: number): boolean => at === edited || (rows[at]?.uses ?? []).some(reaches);
        for (const at of rows.keys())
          expect([at, before[`d${at}`]?.hash !== after[`d${at}`]?.hash]).toEqual([at, reaches(at)]);
      }),
      { numRuns: 20 },
    );
  });
});

it('code of a linked package counts alike whether it is imported by name or by its path', async () => {
  const folder = path.join(root, 'both-ways');
  write('both-ways/shared/package.json', manifest('@shared/strict', '1.0.0'));
  write('both-ways/shared/tsconfig.json', '{ "compilerOptions": { "strict": true } }');
  write('both-ways/shared/index.js', 'export const shared = () => 7;');
  mkdirSync(path.join(folder, 'node_modules/@shared'), { recursive: true });
  symlinkSync(path.join(folder, 'shared'), path.join(folder, 'node_modules/@shared/strict'));
  // Loaded when it is used, the module is wrapped: that is where the bundler writes what tsconfig.json asks for.
  write('both-ways/node.js', `export const node = () => import('@shared/strict');`);
  const byName = await hashCode({ a: { file: path.join(folder, 'node.js') } }, folder);
  write('both-ways/node.js', `export const node = () => import('./shared/index.js');`);
  const byPath = await hashCode({ a: { file: path.join(folder, 'node.js') } }, folder);
  expect(byName).toEqual(byPath);
});
