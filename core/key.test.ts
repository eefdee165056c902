import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText, isDigest, type Digest } from './digest.js';
import { canonical, type Json } from './json.js';
import { nodeKey, nodeSeed, type NodeIdentity } from './key.js';

/** RFC 8785, appendix B: IEEE 754 doubles, their bits in hexadecimal, and their form in JSON. */
const NUMBERS = `
0000000000000000 0
8000000000000000 0
0000000000000001 5e-324
8000000000000001 -5e-324
7fefffffffffffff 1.7976931348623157e+308
ffefffffffffffff -1.7976931348623157e+308
4340000000000000 9007199254740992
c340000000000000 -9007199254740992
4430000000000000 295147905179352830000
44b52d02c7e14af5 9.999999999999997e+22
44b52d02c7e14af6 1e+23
44b52d02c7e14af7 1.0000000000000001e+23
444b1ae4d6e2ef4e 999999999999999700000
444b1ae4d6e2ef4f 999999999999999900000
444b1ae4d6e2ef50 1e+21
3eb0c6f7a0b5ed8c 9.999999999999997e-7
3eb0c6f7a0b5ed8d 0.000001
41b3de4355555553 333333333.3333332
41b3de4355555554 333333333.33333325
41b3de4355555555 333333333.3333333
41b3de4355555556 333333333.3333334
41b3de4355555557 333333333.33333343
becbf647612f3696 -0.0000033333333333333333
43143ff3c1cb0959 1424953923781206.2`
  .trim()
  .split('\n')
  .map((line) => line.split(' ') as [string, string]);

test.each(NUMBERS)('the double %s is written %s (RFC 8785, appendix B)', (bits, text) => {
  expect(canonical(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
});

test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('the double %s has no JSON form', (bits) => {
  expect(() => canonical({ a: [Buffer.from(bits, 'hex').readDoubleBE()] })).toThrow(TypeError);
});

test('the sample of RFC 8785, sections 3.2.2 to 3.2.4, comes out byte for byte', () => {
  const sample = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const bytes = `
    7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e
    75 6d 62 65 72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30
    2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24
    5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d`;
  expect(Buffer.from(canonical(JSON.parse(sample))).toString('hex')).toBe(bytes.replaceAll(/\s/g, ''));
});

test('members are sorted by UTF-16 code units (RFC 8785, section 3.2.3)', () => {
  const sample = String.raw`{
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  }`;
  const order = [...canonical(JSON.parse(sample)).matchAll(/:"([^"]*)"/g)].map(([, value]) => value);
  expect(order).toEqual([
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
});

/** The same JSON value with the members of all its objects the other way round. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value as Record<string, Json>).reverse();
  return Object.fromEntries(members.map(([key, member]) => [key, turned(member)]));
}

const anyJson = fc.jsonValue() as fc.Arbitrary<Json>;

test('canonical text reads back as the value, is its own canonical text, and knows no order of members', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = canonical(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonical(JSON.parse(text))).toBe(text);
      expect(canonical(turned(value))).toBe(text);
    }),
  );
});

test('different values have different canonical texts', () => {
  fc.assert(
    fc.property(anyJson, anyJson, (a, b) => {
      const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
      expect(canonical(a) === canonical(b)).toBe(same);
    }),
  );
  expect(canonical({ a: undefined })).toBe('{}');
  for (const no of [() => 1, Symbol('s'), 1n, NaN, undefined]) expect(() => canonical(no)).toThrow(TypeError);
});

/** A value as lists of [key, value] pairs: an equality that owes nothing to `canonical`. */
function sorted(value: Json): unknown {
  if (Array.isArray(value)) return ['list', ...value.map(sorted)];
  if (typeof value !== 'object' || value === null) return ['plain', Object.is(value, -0) ? 0 : value];
  const pairs = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return ['object', ...pairs.map(([key, member]) => [key, sorted(member)])];
}

test("digests are Node's own SHA-256 of the UTF-8 bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(digestText(text)).toBe(`sha256-${createHash('sha256').update(text, 'utf8').digest('hex')}`);
    }),
  );
});

test.each([
  '',
  'sha256-',
  `sha256-${'0'.repeat(63)}`,
  `sha256-${'A'.repeat(64)}`,
  `sha256-${'0'.repeat(64)}\n`,
  7,
  null,
])('%j is no digest', (text) => expect(isDigest(text)).toBe(false));

const input = (text: string): Digest => digestText(text);

const call: NodeIdentity = {
  node: 'train.forest',
  version: '1',
  code: 'code-1',
  params: { trees: 10, depth: null, deep: { a: [1, 2], b: 'x' } },
  inputs: { table: input('table'), more: [input('one'), input('two')] },
  seed: 7,
  threads: 1,
};

/** What belongs to a node call's key and what does not. */
const KEY_CASES: readonly { what: string; change: (call: NodeIdentity) => NodeIdentity; key: 'same' | 'other' }[] = [
  { what: 'nothing', change: (c) => ({ ...c }), key: 'same' },
  { what: 'the order of fields', change: (c) => turned(c as unknown as Json) as unknown as NodeIdentity, key: 'same' },
  {
    what: 'a field that is there but undefined',
    change: (c) => ({ ...c, id: undefined, lineage: undefined }),
    key: 'same',
  },
  { what: 'the node', change: (c) => ({ ...c, node: 'train.trees' }), key: 'other' },
  { what: 'the version', change: (c) => ({ ...c, version: '2' }), key: 'other' },
  { what: 'the code', change: (c) => ({ ...c, code: 'code-2' }), key: 'other' },
  { what: 'a parameter', change: (c) => ({ ...c, params: { ...(c.params as object), trees: 11 } }), key: 'other' },
  {
    what: 'a parameter as text',
    change: (c) => ({ ...c, params: { ...(c.params as object), trees: '10' } }),
    key: 'other',
  },
  {
    what: 'the order of a list',
    change: (c) => ({ ...c, params: { ...(c.params as object), deep: { a: [2, 1], b: 'x' } } }),
    key: 'other',
  },
  {
    what: 'a parameter null or left out',
    change: (c) => ({ ...c, params: { trees: 10, deep: { a: [1, 2], b: 'x' } } }),
    key: 'other',
  },
  { what: 'one input', change: (c) => ({ ...c, inputs: { ...c.inputs, table: input('other table') } }), key: 'other' },
  {
    what: 'the port of an input',
    change: (c) => ({ ...c, inputs: { tables: input('table'), more: c.inputs['more']! } }),
    key: 'other',
  },
  {
    what: 'the order of a list of inputs',
    change: (c) => ({ ...c, inputs: { ...c.inputs, more: [input('two'), input('one')] } }),
    key: 'other',
  },
  {
    what: 'one input or a list of one',
    change: (c) => ({ ...c, inputs: { ...c.inputs, table: [input('table')] } }),
    key: 'other',
  },
  { what: 'the seed', change: (c) => ({ ...c, seed: 8 }), key: 'other' },
  { what: 'no seed', change: ({ seed: _, ...c }) => c, key: 'other' },
  { what: 'the number of threads', change: (c) => ({ ...c, threads: 2 }), key: 'other' },
  { what: 'the backend of TensorFlow', change: (c) => ({ ...c, backend: 'wasm' }), key: 'other' },
  { what: 'an id', change: (c) => ({ ...c, id: 'second' }), key: 'other' },
  { what: 'a lineage', change: (c) => ({ ...c, lineage: 'run-1' }), key: 'other' },
];

test.each(KEY_CASES)('changing $what gives the $key key', ({ change, key }) => {
  expect(nodeKey(change(call)) === nodeKey(call)).toBe(key === 'same');
});

test('no two of the cases that must differ share a key, nor do their seeds', () => {
  const others = KEY_CASES.filter(({ key }) => key === 'other').map(({ change }) => change(call));
  expect(new Set(others.map(nodeKey)).size).toBe(others.length);
  const seeded = others.filter(({ lineage }) => lineage === undefined);
  expect(new Set(seeded.map((one) => nodeSeed(one))).size).toBe(seeded.length);
});

test('parameters that swap their names or values are told apart, whatever they are', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), anyJson, anyJson, (a, b, x, y) => {
      fc.pre(a !== b && a !== '__proto__' && b !== '__proto__' && canonical(x) !== canonical(y));
      const one = nodeKey({ ...call, params: { [a]: x, [b]: y } });
      expect(nodeKey({ ...call, params: { [b]: y, [a]: x } })).toBe(one);
      expect(nodeKey({ ...call, params: { [a]: y, [b]: x } })).not.toBe(one);
    }),
  );
});

/*
 * Made outside of this project, by Python 3.11:
 *   import hashlib, json
 *   d = lambda t: 'sha256-' + hashlib.sha256(t.encode()).hexdigest()
 *   c = {'node': 'train.forest', 'version': '1', 'code': 'code-1',
 *        'params': {'trees': 10, 'depth': None, 'deep': {'a': [1, 2], 'b': 'x'}},
 *        'inputs': {'table': d('table'), 'more': [d('one'), d('two')]}, 'seed': 7, 'threads': 1}
 *   key = d(json.dumps(c, sort_keys=True, separators=(',', ':'))); print(key, int(d('seed ' + key)[7:15], 16))
 */
test('a key stays what it was in every version and on every platform: old results are found', () => {
  expect(nodeKey(call)).toBe('sha256-bc40c8ec621f2dc0434e3db09cbff4a4fe394fbf5170ca74c3dcf7eea73c028b');
  expect(nodeSeed(call)).toBe(2747222790);
});

test('a seed has 32 bits', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const seed = nodeSeed({ ...call, id: text });
      expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
    }),
  );
});

test('computing anew gave other models with the same seed: neither a fresh run nor a lineage changes what a node draws', () => {
  const anew: NodeIdentity[] = [
    { ...call, fresh: 'run-1' },
    { ...call, fresh: 'run-2' },
    { ...call, lineage: 'run-1' },
  ];
  expect(new Set(anew.map(nodeKey)).size).toBe(anew.length);
  expect(anew.map((one) => nodeSeed(one))).toEqual(anew.map(() => nodeSeed(call)));
  // An author's id asks for another computation.
  expect(nodeSeed({ ...call, fresh: 'run-1', id: 'second' })).not.toBe(nodeSeed({ ...call, fresh: 'run-1' }));
});

test('calls that go on from one another draw the same numbers, and calls that do not draw others', () => {
  const at = (trees: number, depth: number): NodeIdentity => ({ ...call, params: { trees, depth } });
  expect(nodeSeed(at(10, 1), 'trees')).toBe(nodeSeed(at(30, 1), 'trees'));
  expect(nodeSeed(at(10, 1), 'trees')).not.toBe(nodeSeed(at(10, 2), 'trees'));
});
