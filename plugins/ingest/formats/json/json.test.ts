import { describe, expect, test } from 'vitest';
import { file } from '../../index.js';
import { projectForTests, put, readSource, type ReadSource } from '../../read-source.test-part.js';

const folder = projectForTests();
let names = 0;

/** Reads a text as a JSON file. */
async function json(text: string, format?: object, params: object = {}): Promise<ReadSource> {
  const name = `t${names++}.${format && 'type' in format && format.type === 'json' ? 'json' : 'jsonl'}`;
  await put(folder, { [name]: text });
  return readSource(file({ path: name, format: format as never }), { ...params });
}

describe('JSON lines', () => {
  test('objects in objects become columns, lists their JSON text, what is not there is missing', async () => {
    const { rows, types } = await json(
      '{"id":1,"at":{"lat":1.5,"deep":{"x y":"a"}},"tags":["a",1,null]}\n\n  \r\n{"id":2,"extra":true,"at":{"lat":null}}\r\n{"id":3,"at":null,"tags":[]}',
    );
    expect(types).toEqual({
      id: 'integer',
      'at.lat': 'number',
      'at.deep.x y': 'text',
      tags: 'text',
      extra: 'boolean',
    });
    expect(rows).toEqual([
      { id: 1, 'at.lat': 1.5, 'at.deep.x y': 'a', tags: '["a",1,null]', extra: null },
      { id: 2, 'at.lat': null, 'at.deep.x y': null, tags: null, extra: true },
      { id: 3, 'at.lat': null, 'at.deep.x y': null, tags: '[]', extra: null },
    ]);
  });

  test('a fraction after 30,000 whole numbers is kept, and the types are those of all rows', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `{"n":${i},"s":"${i}"}`);
    const { rows, types } = await json([...lines, '{"n":1.5,"s":"x"}', '{"n":-0.5,"s":"y"}'].join('\n'));
    expect(types).toEqual({ n: 'number', s: 'text' });
    expect(rows.slice(-2)).toEqual([
      { n: 1.5, s: 'x' },
      { n: -0.5, s: 'y' },
    ]);
  });

  test('a number beyond 2^53 keeps its digits, and text is text whatever it looks like', async () => {
    const { rows } = await json(
      '{"id":12345678901234567890,"code":"007","b":"true"}\n{"id":12345678901234567891,"code":"1e3","b":"NA"}\n',
    );
    expect(rows).toEqual([
      { id: '12345678901234567890', code: '007', b: 'true' },
      { id: '12345678901234567891', code: '1e3', b: 'NA' },
    ]);
  });

  test('dates and times that are such in all records are read as such', async () => {
    const { types } = await json(
      '{"d":"2024-02-29","t":"2024-02-29T12:00:00+02:00","m":"2024-02-29"}\n{"d":"2023-01-01","t":"2024-01-01 10:00","m":"later"}',
    );
    expect(types).toEqual({ d: 'date', t: 'timestamp', m: 'text' });
  });

  test('what is no JSON object is refused with its lines, and so are keys that stand twice or are equal but for case', async () => {
    await expect(json('{"a":1}\n[1]\n{"a":}\n5\n')).rejects.toThrow(
      /3 lines.*line 2: \[1\]; line 3: \{"a":\}; line 4: 5/s,
    );
    await expect(json('{"a":1}\n{"a":1,"a":2}\n')).rejects.toThrow(/key that stands twice.*row 2/s);
    await expect(json('{"o":{"x":1}}\n{"o":{"x":1,"x":2}}\n')).rejects.toThrow(/key that stands twice.*row 2/s);
    await expect(json('{"a":1,"A":2}\n')).rejects.toThrow(/the columns "a" and "A"/);
    await expect(json('{"a.b":1,"a":{"b":2}}\n')).rejects.toThrow(/the columns "a\.b" and "a\.b"/);
    await expect(json('{"o":{"x":1}}\n{"O":{"y":1}}\n')).rejects.toThrow(/the keys "o" and "O" in one object/);
  });

  test('a key that holds several types is refused with a record of each, or is text where that is said', async () => {
    const text = '{"a":1}\n{"a":"1"}\n{"a":true}\n';
    await expect(json(text)).rejects.toThrow(
      /key "a" holds values of several types.*number in .* 1; text in .* 2; boolean in .* 3/s,
    );
    expect((await json(text, { type: 'jsonl', mixed: 'text' })).rows).toEqual([{ a: '1' }, { a: '1' }, { a: 'true' }]);
    await expect(json('{"a":1}\n{"a":{"b":1}}\n', { type: 'jsonl', mixed: 'text' })).rejects.toThrow(/several types/);
    await expect(json('{"a":[1]}\n', { type: 'jsonl', arrays: 'refuse' })).rejects.toThrow(/the key "a" holds lists/);
  });

  test('a broken cell of one file among several is found by file and line', async () => {
    await put(folder, { 'parts/a.jsonl': '{"n":1}\n', 'parts/b.jsonl': '\n{"n":2}\r\n{"n":-5}\n' });
    const schema = { extra: 'drop', columns: { n: { type: 'integer', nullable: false, min: 0 } } };
    await expect(readSource(file({ path: 'parts/*.jsonl' }), { schema })).rejects.toThrow(
      /parts\/b\.jsonl, line 3, n: "-5"/,
    );
  });
});

test('a document is an array of records, an object that holds one, or a record', async () => {
  const type = { type: 'json' };
  expect((await json('\uFEFF [ {"a":1},\n {"a":2.5} ]', type)).rows).toEqual([{ a: 1 }, { a: 2.5 }]);
  expect((await json('{"data":{"items/x":[{"a":1},{"a":2}]}}', { ...type, records: 'data.items/x' })).rows).toEqual([
    { a: 1 },
    { a: 2 },
  ]);
  expect((await json('{"a":{"b":"x"}}', type)).rows).toEqual([{ 'a.b': 'x' }]);
  await expect(json('{"data":5}', { ...type, records: 'data' })).rejects.toThrow(/data is no array/);
  await expect(json('[{"a":1},', type)).rejects.toThrow(/not well-formed JSON/);
  await expect(json('[{"a":1},7]', type)).rejects.toThrow(/record 2: 7/);
});
