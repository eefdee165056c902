import { gzipSync } from 'node:zlib';
import { request } from 'node:http';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveBirds } from '../served.test-part.js';

let server: Awaited<ReturnType<typeof serveBirds>>;

beforeAll(async () => {
  server = await serveBirds();
});
afterAll(() => server.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly body: any;
}

/** Sends bytes as they are: without a Content-Type, as the protocol's clients do. */
function send(body: Buffer | string, headers: Record<string, string | number> = {}, at = '/infer'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}/v2/models/birds${at}`,
      { method: 'POST', headers: { 'content-length': Buffer.byteLength(body), ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const length = Number(response.headers['inference-header-content-length'] ?? bytes.length);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes: bytes.subarray(length),
            body: JSON.parse(bytes.toString('utf8', 0, length)) as unknown,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const islands = (rows: number): object => ({
  name: 'island',
  shape: [rows],
  datatype: 'BYTES',
  data: Array.from({ length: rows }, () => 'Biscoe'),
});
const masses = (datatype: string, data: string, rows = 1): string =>
  `{"inputs":[{"name":"mass","shape":[${rows}],"datatype":"${datatype}","data":${data}},${JSON.stringify(islands(rows))}]}`;

test('tensors as bytes and as JSON, nested or flat, without a Content-Type, give the same answers', async () => {
  const json = await send(masses('FP64', '[[4.5],[7]]', 2));
  expect(json).toMatchObject({ status: 200, body: { model_name: 'birds', model_version: '3' } });
  const values = Buffer.alloc(16);
  values.writeDoubleLE(4.5, 0);
  values.writeDoubleLE(7, 8);
  const text = Buffer.from('Biscoe');
  const length = Buffer.from([text.length, 0, 0, 0]);
  const texts = Buffer.concat([length, text, length, text]);
  const head = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [
        { name: 'mass', shape: [2, 1], datatype: 'FP64', parameters: { binary_data_size: 16 } },
        { name: 'island', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: texts.length } },
      ],
      outputs: [{ name: 'probabilities' }, { name: 'label', parameters: { binary_data: false } }],
    }),
  );
  const headers = { 'Inference-Header-Content-Length': head.length };
  const binary = await send(Buffer.concat([head, values, texts]), headers);
  expect(binary.status).toBe(200);
  expect(binary.body.outputs.map(({ name }: { name: string }) => name)).toEqual(['probabilities', 'label']);
  expect(binary.body.outputs[0].parameters).toEqual({ binary_data_size: 32 });
  const told = json.body.outputs.find(({ name }: { name: string }) => name === 'probabilities').data as number[];
  expect([0, 8, 16, 24].map((at) => binary.bytes.readDoubleLE(at))).toEqual(told);
  // The first lies between both: the first class is answered.
  expect(told[0]).toBe(0.5);
  expect(binary.body.outputs[1].data).toEqual(['adelie', 'gentoo']);
  const packed = await send(gzipSync(masses('FP64', '[4.5,7]', 2)), { 'content-encoding': 'gzip' });
  expect(packed.body.outputs).toEqual(json.body.outputs);
});

test('NaN and null are missing; whole numbers are scored as they are, or refused in words', async () => {
  const told = async (text: string): Promise<unknown> => (await send(text)).body.outputs[1].data;
  expect(await told(masses('FP64', '[NaN]'))).toEqual(await told(masses('FP64', '[null]')));
  expect(await told(masses('INT64', '[6]'))).toEqual(await told(masses('FP32', '[6.0]')));
  // A power of two is held exactly, its neighbour is not.
  expect((await send(masses('INT64', '[1152921504606846976]'))).status).toBe(200);
  const cases: [string, string][] = [
    [masses('INT64', '[9007199254740993]'), 'input "mass", row 0: 9007199254740993 cannot be held exactly'],
    [masses('INT64', '[9223372036854775808]'), 'row 0: 9223372036854775808 is no INT64'],
    [masses('FP64', '[Infinity]'), 'row 0, field "mass" must be a finite number'],
    [masses('FP64', '[-Infinity]'), 'row 0, field "mass" must be a finite number'],
    [masses('INT32', '[1.5]'), 'row 0: 1.5 is no INT32'],
    [masses('INT8', '[400]'), 'row 0: 400 is no INT8'],
    [masses('FP64', '[true]'), 'row 0, field "mass" must be a number or null, not the boolean true'],
    [masses('FP64', '["6"]'), 'not the string "6"'],
    [masses('FP64', '[1,2]'), 'input "mass" has 2 values'],
    [masses('FP99', '[1]'), 'of no known type'],
    ['{"inputs":[]}', 'the body has no inputs'],
    ['[]', 'the body is no object'],
    ['', 'is not JSON: it is empty'],
    ['{"inputs":[{"name":"mass","shape":[3000000],"datatype":"FP64","data":[]}]}', '3000000 rows'],
    ['{"inputs":[{"name":"mass","shape":[0],"datatype":"FP64","data":[]}]}', 'no rows'],
    [masses('FP64', '[6]').replace('}]}', '}],"outputs":[{"name":"labels"}]}'), 'did you mean "label"?'],
  ];
  for (const [text, words] of cases) {
    const { status, body } = await send(text);
    expect([text, status < 500 && status >= 400, body.detail, body.error]).toEqual([
      text,
      true,
      expect.stringContaining(words),
      body.detail,
    ]);
  }
});

test('bytes that do not fit what the JSON says of them are refused', async () => {
  const ask = (size: number, bytes: Buffer, datatype = 'INT64', claimed?: number | string): Promise<Reply> => {
    const head = `{"inputs":[{"name":"mass","shape":[1],"datatype":"${datatype}","parameters":{"binary_data_size":${size}}}]}`;
    return send(Buffer.concat([Buffer.from(head), bytes]), {
      'Inference-Header-Content-Length': claimed ?? head.length,
    });
  };
  const big = Buffer.alloc(8);
  big.writeBigInt64LE(9007199254740993n);
  expect((await ask(8, big)).body.detail).toContain('cannot be held exactly');
  expect((await ask(8, Buffer.alloc(4))).body.detail).toContain('other bytes than its binary_data_size');
  expect((await ask(4, Buffer.alloc(4))).body.detail).toContain('4 bytes of data');
  expect((await ask(8, Buffer.alloc(12))).body.detail).toContain('4 bytes after the inputs belong to none');
  expect((await ask(8, Buffer.alloc(8), 'BYTES')).body.detail).toContain('other texts than its shape');
  expect((await ask(8, Buffer.from([255, 255, 255, 255, 1, 2, 3, 4]), 'BYTES')).body.detail).toContain(
    'text ends before',
  );
  expect((await ask(5, Buffer.from([1, 0, 0, 0, 255]), 'BYTES')).body.detail).toContain('no text in UTF-8');
  expect((await ask(8, big, 'INT64', 99_999)).body.detail).toContain('the length of the JSON is none');
  expect((await ask(8, big, 'INT64', '-1')).status).toBe(422);
});

test('a version is asked by its number, and only one in service answers', async () => {
  const text = masses('FP64', '[6]');
  expect((await send(text, {}, '/versions/3/infer')).status).toBe(200);
  const other = await send(text, {}, '/versions/2/infer');
  expect(other).toMatchObject({ status: 404, body: { expected: 'version 3' } });
  const get = async (at: string): Promise<Response> => fetch(`${server.url}/v2${at}`);
  expect((await get('/models/birds/versions/3/ready')).status).toBe(200);
  expect((await get('/models/birds/versions/9/ready')).status).toBe(404);
  expect(await (await get('/models/birds/versions/3')).json()).toMatchObject({ versions: ['3'] });
  expect(await (await get('')).json()).toMatchObject({ extensions: ['binary_tensor_data'] });
  expect(await (await get('/models/none')).json()).toMatchObject({
    error: expect.stringContaining('no endpoint') as string,
  });
});

test('curl asks with what it sends by itself', async () => {
  // A body by `-d` goes as a form.
  const args = ['-s', `${server.url}/v2/models/birds/infer`, '-d', masses('FP64', '[6]')];
  expect(JSON.parse((await promisify(execFile)('curl', args)).stdout)).toMatchObject({ model_name: 'birds' });
});
