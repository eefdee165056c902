import { expect, test } from 'vitest';
import { rowsOf, rowsText } from './request.js';

test('rows go to the log as they stand in the request, whatever its form, and read again they are the same', () => {
  const cases: [string, boolean][] = [
    ['{"rows":[{"a":1},{"a":null}]}', true],
    ['{ "rows" :[{"a":1e3}] }', true],
    ['{"row":{"a":-0.50}}', true],
    // Named twice, the last counts, both times.
    ['{"rows":[{"a":1}],"rows":[{"a":2},{"a":3}]}', true],
    ['{"rows":[{"a":1}],"ro\\u0077s":[{"a":2}]}', true],
    ['{"row":{"a":1},"row":{"a":2}}', false],
    ['{"row":{"a":1},"r\\u006fw":{"a":2}}', false],
    ['{"row":{"row":1}}', false],
    ['{\n  "rows": [\n    {"a": 1}\n  ]\n}', false],
    ['{"\\u0072ows":[{"a":1}]}', false],
  ];
  for (const [text, taken] of cases) {
    const rows = rowsOf(JSON.parse(text));
    const written = rowsText(text);
    expect([text, written !== undefined]).toEqual([text, taken]);
    if (written === undefined) continue;
    expect(JSON.parse(`{"id":"r","rows":${written},"labels":[]}`)).toEqual({ id: 'r', rows, labels: [] });
  }
});
