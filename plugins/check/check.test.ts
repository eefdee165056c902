import { readFileSync, writeFileSync } from 'node:fs';
import { isTrainyardError } from '@trainyard/errors';
import { tableSchema } from '@trainyard/tables';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runNode, tableOf } from '../../worker/testing/index.js';
import { parseNode } from '../ingest/worker.js';
import { contract } from './author.js';
import { checkTableNode, momentNode, schemaNode } from './worker.js';

const birds = contract({
  columns: z.object({ ring: z.string(), mass: z.number().min(3).max(9).nullable(), species: z.enum(['tit', 'wren']) }),
  labels: ['species'],
  key: ['ring'],
  rules: [{ rule: 'reference', columns: ['ring'], table: 'rings', key: ['number'] }],
});
const kept = [
  { ring: 'a', mass: 3.5, species: 'tit' },
  { ring: 'b', mass: null, species: 'wren' },
];
const rings = await tableOf([{ number: 'a' }, { number: 'b' }]);
const check = async (rows: Parameters<typeof tableOf>[0], params: object = {}) =>
  runNode(checkTableNode, {
    params: { contract: birds, names: ['rings'], ...params },
    inputs: { table: await tableOf(rows), others: [rings] },
  });

it('passes a table that keeps its contract, with a page and figures', async () => {
  await using run = await check(kept);
  expect(run.output.value).toMatchObject({ verdict: 'passed', rows: 2, failed: 0, didNotRun: 0 });
  expect(await run.output.text('report.html')).toContain('The contract has passed.');
  expect(JSON.parse(await run.output.text('report.json'))).toEqual(run.output.value);
});

it('stops the run with the rules that failed, the rows, and what to do', async () => {
  const broken = [...kept, { ring: 'a', mass: 12, species: 'hawk' }, { ring: 'c', mass: 4, species: 'tit' }];
  const error = await check(broken).catch((thrown: unknown) => thrown);
  expect(isTrainyardError(error) && error.message).toMatch(/does not keep its contract: 4 of 9 rules failed/);
  expect(String(error)).toContain('range of mass: 1 of 3 rows (row 3 (row 3): 12.0)');
  expect(String(error)).toContain('values of species: 1 of 4 rows (row 3 (row 3): hawk)');
  expect(String(error)).toContain('unique of ring: 2 of 4 rows (row 1 (row 1): a, row 3 (row 3): a)');
  expect(String(error)).toContain('reference of ring: 1 of 4 rows (row 4 (row 4): c)');
  await using run = await check(broken, { otherwise: 'report' });
  expect(run.output.value).toMatchObject({ verdict: 'failed', failed: 4 });
});

it('lets the label be absent at serving, and at serving alone', async () => {
  const rows = kept.map(({ ring, mass }) => ({ ring, mass }));
  await using run = await check(rows, { serving: true });
  expect(run.output.value).toMatchObject({ verdict: 'passed', didNotRun: 3 });
  await expect(check(rows)).rejects.toThrow('does not keep its contract');
});

it('refuses a contract with a wrong rule, naming the field', () => {
  expect(() => contract({ rules: [{ rule: 'range', column: 'mass', mim: 3 } as never] })).toThrow(/rules\.0.*mim/);
});

it('takes the time as ISO 8601', async () => {
  await using run = await runNode(momentNode);
  expect(Math.abs(Date.now() - Date.parse((run.output.value as { at: string }).at))).toBeLessThan(600_000);
});

const SOURCE = [
  'stationId,name,mass,ring,kind,since,at,on,odd "name"',
  ...Array.from({ length: 30 }, (_, i) =>
    [
      1000 + i,
      `Ort ${'x'.repeat(i % 7)}é`,
      i % 5 === 0 ? '' : (i / 4).toFixed(2),
      `AB${String(100 + i)}`,
      ['red', 'it\'s "so"', 'a\\b'][i % 3]!.replaceAll('"', '""').replace(/^(.*)$/s, '"$1"'),
      `2024-02-${String(1 + (i % 28)).padStart(2, '0')}`,
      `2024-02-0${1 + (i % 9)}T10:00:00Z`,
      i % 2 === 0,
      i - 15,
    ].join(','),
  ),
].join('\n');

it('writes a schema that compiles, that the very file passes, and that reading gives again', async () => {
  const source = { value: { source: 'birds.csv' }, files: { source: SOURCE } };
  await using read = await runNode(parseNode, { inputs: { source } });
  const infer = () =>
    runNode(schemaNode, { params: { name: 'birds' }, inputs: { table: read.output }, store: read.store });
  const first = await infer();
  const text = await first.output.text('schema.ts');
  expect(await (await infer()).output.text('schema.ts')).toBe(text);
  const file = new URL('./inferred.test-part.ts', import.meta.url);
  if (process.env['WRITE']) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
  const { birds: inferred } = (await import('./inferred.test-part.js')) as { birds: z.ZodObject };
  const { schema } = first.output.value as { schema: unknown };
  expect(tableSchema(inferred)).toEqual(schema);
  await using again = await runNode(parseNode, { params: { schema: inferred }, inputs: { source } });
  expect(again.output.value).toMatchObject({ rows: 30 });
  const broken = { ...source, files: { source: SOURCE.replace('AB100', 'AB10x') } };
  await expect(runNode(parseNode, { params: { schema: inferred }, inputs: { source: broken } })).rejects.toThrow(
    'ring',
  );
});
