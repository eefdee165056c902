import { expect, test } from 'vitest';
import { file } from '../../index.js';
import { projectForTests, put, readSource, type ReadSource } from '../../read-source.test-part.js';
import { readPattern } from './pattern.js';

const folder = projectForTests();
const ACCESS = String.raw`(?<host>\S+) \S+ \S+ \[(?<at>[^\]]+)\] "(?<request>[^"]*)" (?<status>\d{3}) (?<bytes>\d+|-)( "(?<agent>[^"]*)")?`;
let names = 0;
async function log(text: string, format: object = {}, params = {}): Promise<ReadSource> {
  const name = `access-${names++}.log`;
  await put(folder, { [name]: text });
  return readSource(file({ path: name, format: { type: 'log', pattern: ACCESS, ...format } as never }), params);
}

const good =
  '10.0.0.1 - - [2024-02-29 10:00] "GET / HTTP/1.1" 200 512 "curl/8"\n\n10.0.0.2 - - [2024-02-29 10:01] "POST /x?a=\\x22 HTTP/1.1" 404 -\r\n';

test('the named groups of a pattern are columns, whose types are decided over all lines', async () => {
  const { rows, types } = await log(good, {}, { missing: ['', '-'] });
  expect(types).toEqual({
    host: 'text',
    at: 'timestamp',
    request: 'text',
    status: 'integer',
    bytes: 'integer',
    agent: 'text',
  });
  expect(rows).toEqual([
    {
      host: '10.0.0.1',
      at: '2024-02-29T10:00:00.000Z',
      request: 'GET / HTTP/1.1',
      status: 200,
      bytes: 512,
      agent: 'curl/8',
    },
    {
      host: '10.0.0.2',
      at: '2024-02-29T10:01:00.000Z',
      request: 'POST /x?a=\\x22 HTTP/1.1',
      status: 404,
      bytes: null,
      agent: null,
    },
  ]);
});

test('lines that do not match stop the run with examples, or are counted and kept up to a limit', async () => {
  const text = `${good}Traceback: "x"\n${good}  at y\n`;
  await expect(log(text)).rejects.toThrow(/2 of 6 lines .* do not match.*line 4: Traceback: "x"; line 8: {3}at y/s);
  await expect(log(text, { unmatched: 1 })).rejects.toThrow(/at most 1 lines/);
  await expect(log(text, { unmatched: 0.3 })).rejects.toThrow(/at most 30 % of the lines/);
  const { rows, leftOut } = await log(text, { unmatched: 2 });
  expect(rows).toHaveLength(4);
  expect(leftOut).toEqual([
    { file: expect.stringMatching(/^access-/), line: 4, text: 'Traceback: "x"' },
    { file: expect.stringMatching(/^access-/), line: 8, text: '  at y' },
  ]);
});

test('a value that its schema does not allow is found by the line of the log', async () => {
  const schema = { extra: 'drop', columns: { status: { type: 'integer', nullable: false, max: 399 } } };
  await expect(log(good, {}, { schema })).rejects.toThrow(/line 3, status: "404"/);
});

test('a pattern without named groups, or that the database cannot use, is refused', async () => {
  expect(() => file({ path: 'x.log', format: { type: 'log', pattern: 'a(b)' } })).toThrow(/named groups/);
  await expect(log(good, { pattern: '(?<a>x)(?=y)' })).rejects.toThrow(/RE2: no look-ahead/);
  await expect(log(good, { pattern: '(?<a>x' })).rejects.toThrow(/pattern of a log format cannot be used/);
  expect(readPattern(String.raw`(?<a>\(?<no>)[(?<neither>](?P<b>x)(y)(?:z)[]()]`)).toEqual({
    expression: String.raw`(\(?<no>)[(?<neither>](x)(?:y)(?:z)[]()]`,
    names: ['a', 'b'],
  });
});
