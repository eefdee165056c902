import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Model, Ref } from '../../../core/kinds.js';
import { modelKind, writeModel, type ModelKind } from '../../../models/index.js';
import { compiled } from '../../../project/package-root.js';
import type { Artifacts } from '../../../store/index.js';
import { serveBirds } from '../served.test-part.js';

/** Made from `modelKind`, as text: here, and in the process that scores. */
const SLOW = `
return modelKind({
  name: 'slow',
  title: 'A kind whose rows take 5 ms each and hold the thread that scores them; an x of 13 ends its process',
  tasks: ['regression'],
  settings: { parse: (x) => x, safeParse: (data) => ({ success: true, data }) },
  open: () => ({
    takes: 'rows',
    outputs: 1,
    score(rows) {
      const end = performance.now() + 5 * rows.length;
      while (performance.now() < end);
      if (process.env.TRAINYARD_SCORING && rows.some(({ x }) => x === 13)) process.kill(process.pid, 'SIGKILL');
      return Float64Array.from(rows, ({ x }) => x * 1.1);
    },
  }),
});`;

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-slow-'));
const module = path.join(folder, 'slow.mjs');
let server: Awaited<ReturnType<typeof serveBirds>>;

async function writeSlow(artifacts: Artifacts, kind: ModelKind): Promise<Ref<Model>> {
  const output = await writeModel({
    kind,
    task: { type: 'regression', label: 'y' },
    settings: {},
    files: {},
    inputs: [{ name: 'x', type: 'number' }],
    metrics: {},
    training: {},
    libraries: {},
    rows: [{ x: 1 }],
  });
  return (await artifacts.write('model', output)) as Ref<Model>;
}

beforeAll(async () => {
  const face = pathToFileURL(compiled('models', 'index.js')).href;
  const made = `import { modelKind } from ${JSON.stringify(face)};\nexport const slow = (() => {${SLOW}})();\n`;
  writeFileSync(module, made);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const slow = new Function('modelKind', SLOW)(modelKind) as ModelKind;
  server = await serveBirds(
    { scoring: { waitingRows: 600, timeoutMs: 8000, apart: { modules: [module] } } },
    {},
    { kinds: [slow], models: { slow: (artifacts) => writeSlow(artifacts, slow) } },
  );
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const predict = (endpoint: string, rows: readonly object[]): Promise<Response> =>
  fetch(`${server.url}/v1/endpoints/${endpoint}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
  });
const bird = { mass: 5.4, island: 'Biscoe' };
const sequence = (count: number): { x: number }[] => Array.from({ length: count }, (_, x) => ({ x: x + 100 }));

test('a long batch of a slow model holds up neither the health of the server nor another model', async () => {
  const long = predict('slow', sequence(300));
  const took: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    expect((await fetch(`${server.url}/v2/health/live`)).status).toBe(200);
    expect((await predict('birds', [bird])).status).toBe(200);
    took.push(performance.now() - start);
  }
  // On its own thread all of them would have waited for 1.5 s.
  expect(took.sort((a, b) => a - b)[15]).toBeLessThan(100);
  const { predictions } = (await (await long).json()) as { predictions: { value: number }[] };
  expect(predictions.map(({ value }) => value)).toEqual(sequence(300).map(({ x }) => x * 1.1));
});

test('single rows take their turns within a long batch, with the bits that they have alone', async () => {
  const alone = await (await predict('slow', [{ x: 7 }])).text();
  const long = predict('slow', sequence(200));
  const start = performance.now();
  const singles = await Promise.all(Array.from({ length: 5 }, () => predict('slow', [{ x: 7 }])));
  expect(performance.now() - start).toBeLessThan(900);
  const numbers = (text: string): string | undefined => /"predictions":.*/.exec(text)?.[0];
  for (const one of singles) expect(numbers(await one.text())).toBe(numbers(alone));
  expect((await long).status).toBe(200);
});

test('what comes beyond the queue is refused with a 429 that says when to ask again, what is late with a 504', async () => {
  const late = predict('slow', sequence(2000));
  const refused = await predict('slow', sequence(10));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toMatch('application/problem+json');
  expect(await refused.json()).toMatchObject({ code: 'TY-ENDPOINT-BUSY', expected: /waitingRows/ });
  const dropped = await late;
  expect(dropped.status).toBe(504);
  expect(await dropped.json()).toMatchObject({ code: 'TY-ENDPOINT-LATE' });
  const start = performance.now();
  expect((await predict('slow', [{ x: 1 }])).status).toBe(200);
  // Its rest is not scored any more: 200 rows would take a second.
  expect(performance.now() - start).toBeLessThan(900);
});

test('a model that ends its process costs its own request, and the next one is answered', async () => {
  const killed = await predict('slow', [{ x: 13 }]);
  expect(killed.status).toBe(503);
  expect(await killed.json()).toMatchObject({ code: 'TY-ENDPOINT-NOT-READY', detail: /process .* has ended/ });
  expect((await predict('birds', [bird])).status).toBe(200);
  expect((await predict('slow', [{ x: 1 }])).status).toBe(200);
});

test('a row that the model does not take is refused as ever', async () => {
  const refused = await predict('slow', [{ x: 'much' }]);
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ code: 'TY-PREDICT-INPUT', where: { row: 0, field: 'x' } });
});
