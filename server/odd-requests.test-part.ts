import { METHODS } from 'node:http';
import fc from 'fast-check';

export const KEY = 'ty_a-key-for-this-test-only';

/** A request drawn by chance. */
export interface Odd {
  readonly route: number;
  readonly method: string | undefined;
  readonly ids: readonly string[];
  readonly query: string;
  /** Where there is one, the body that nearly fits the route, by its number. */
  readonly nearly: number | undefined;
  readonly body: string | undefined;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lists within each other. */
export const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const many = JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`field ${i}`, i])));
const long = 'x'.repeat(200_000);
/** Values in all places of a body. */
const value = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    0,
    1.5,
    1e300,
    '',
    'release',
    'penguins-2',
    'retry',
    'grow',
    'constructor',
    '\u0000',
    long,
  ),
  fc.constantFrom([], {}, [[1]], [{}], { mass: 'heavy' }, [{ mass: 5 }], [{ mass: 1, [long]: 1 }], '\ud800'),
  fc.string(),
);
const fields = [
  ...['name', 'approved', 'by', 'why', 'call', 'action', 'params', 'pool', 'outputs', 'newCode', 'pause', 'trials'],
  ...['rows', 'row', 'outcomes', 'requestId', 'label', 'inputs', 'id', 'item', 'reviewer', 'note', 'ms', 'revises'],
  ...['hold', 'key', 'decision', 'output:out', 'constructor', 'toString'],
];
/** What nearly fits a route, by the end of its address: it comes further than what fits nothing. */
export const NEARLY: Readonly<Record<string, readonly string[]>> = {
  predict: ['{"row": {"mass": 5}}', `{"rows": [{"mass": ${nested(80)}}]}`, '{"rows": [{"mass": 1e999}, {"mas": 1}]}'],
  infer: [
    '{"inputs": [{"name": "mass", "shape": [1], "datatype": "FP64", "data": [5]}]}',
    '{"inputs": [{"name": "mass", "shape": [[[1]]], "datatype": "FP64", "data": {"length": 1}}]}',
    '{"inputs": [{"name": "constructor", "shape": [1, 1], "datatype": "BOOL", "data": [[true]]}]}',
    '{"inputs": [null]}',
    '{"id": 7, "inputs": [{"name": "mass", "shape": [-1], "datatype": "FP64", "data": []}]}',
  ],
  outcomes: [
    `{"outcomes": [{"requestId": "x", "label": ${nested(80)}}]}`,
    '{"requestId": "x", "row": 1e300, "label": "gentoo"}',
    `{"requestId": "x", "label": "${long}"}`,
    '{"outcomes": [null]}',
  ],
  approvals: ['{"name": "nothing", "approved": true, "by": "mallory"}', '{"name": "release", "approved": 1}'],
  recover: [
    '{"call": "n1", "action": "retry", "params": {"x": 1}}',
    `{"call": "n1", "action": "skip", "outputs": {"out": ${nested(80)}}}`,
    '{"call": "nothing", "action": "fail", "pool": "nowhere"}',
  ],
  study: [
    '{"action": "grow", "trials": 3}',
    '{"action": "grow", "trials": 1e300}',
    '{"action": "add", "params": {"x": 1e308}}',
    '{"action": "pause", "why": "\\ud800"}',
    `{"action": "add", "params": {"x": ${nested(80)}}}`,
  ],
  resume: ['{"newCode": true}', '{}'],
  answers: [
    '{"item": 0, "label": "adelie", "reviewer": "ann", "ms": 1, "requestId": "r"}',
    '{"item": 99, "label": "c", "reviewer": "bob", "ms": 1e300, "requestId": "q", "revises": "r"}',
    '{"item": 0, "label": "gentoo", "reviewer": "\\u0000", "ms": 1, "requestId": "s", "note": "\\udfff"}',
  ],
  session: [`{"key": "${KEY}"}`, '{"key": "\\u0000"}'],
};
const body = fc.oneof(
  fc.constantFrom(undefined, '', 'null', '7', '"x"', '{', '[]', '{}', '\ufeff{}', nested(90), nested(500_000), many),
  fc.constantFrom('{"__proto__": 1}', '{"rows": [{"\\u005f_proto__": {"a": 1}}]}', `{"${long}": 1}`, '{"rows": 1e999}'),
  fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 5 }).map((given) => JSON.stringify(given)),
  fc
    .dictionary(fc.constantFrom(...fields), fc.constantFrom('', 'true', '7', '{', nested(200), 'retry'), { maxKeys: 5 })
    .map((given) => new URLSearchParams(given).toString()),
);
const knownIds = [
  'penguins-2',
  'penguins-1',
  'forgotten',
  'penguins-2/labels',
  'model/odd-test/penguins',
  'penguins',
  'n1',
  'style.css',
];
const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...knownIds).map(encodeURIComponent) },
  fc.constantFrom(
    'nothing',
    '..',
    '%2e%2e%2f%2e%2e',
    '%00',
    '%ff',
    '*',
    '__proto__',
    'constructor',
    "a'%22%20OR%201=1",
  ),
  fc.constantFrom('x'.repeat(300), 'x'.repeat(600), '%F0%9F%90%A7', 'a%2Fb%2Fc', '-', '.', '%20', 'approvals', 'study'),
  fc.constant('DIGEST'),
);
const header = fc.constantFrom<[string, string]>(
  ['accept', 'text/html'],
  ['accept', '*/*, text/html;q=abc'],
  ['cookie', 'trainyard_session=local.99999999999999.x; =; ;;'],
  ['cookie', 'trainyard_session=%ff.1.1'],
  ['origin', 'null'],
  ['origin', 'no address'],
  ['sec-fetch-site', 'cross-site'],
  ['x-request-id', long.slice(0, 5_000)],
  ['x-request-id', 'request 7'],
  ['if-none-match', '*'],
  ['content-encoding', 'gzip'],
  ['range', 'bytes=9-1'],
  ['transfer-encoding', 'chunked'],
  ['authorization', 'Bearer'],
);
export const odd: fc.Arbitrary<Odd> = fc.record({
  route: fc.nat(10_000),
  method: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS.filter((method) => method !== 'CONNECT')) },
  ),
  ids: fc.array(id, { minLength: 2, maxLength: 2 }),
  query: fc.constantFrom('', '', '?sort=a&sort=b', '?sort=__proto__', '?all=&reviewer=a&reviewer=b', '?hold=x', '?%ff'),
  nearly: fc.oneof(fc.constant(undefined), fc.nat(100)),
  body,
  type: fc.oneof(
    { weight: 3, arbitrary: fc.constant('json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x-www-form-urlencoded', 'json; charset=utf-16', 'octet-stream', undefined),
    },
  ),
  headers: fc.tuple(fc.array(header, { maxLength: 2 }), fc.nat(9)).map(([some, known]) => ({
    ...(known > 1 ? { authorization: `Bearer ${KEY}` } : {}),
    ...Object.fromEntries(some),
  })),
});
