import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetParts } from '../../client/parts.js';
import { provideParts } from '../../core/provided-parts.js';
import { builtInParts } from '../../project/brought-parts.js';
import { createServer, listen } from '../../server/index.js';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

const KEY = 'ty_a-key-for-this-test-only';
let temporal: TemporalService;
let probe: Probe;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  temporal = await startServer();
  probe = await Probe.start(temporal, { fixture: 'held', slots: 1, crashes: false });
  probe.write('people.csv', 'name,age\nann,31\nbob,old\ncem\n<b>dee</b>,-4\neve,27\n');
  provideParts(builtInParts);
  forgetParts();
  const { store, temporal: client, taskQueue } = probe.client;
  app = createServer({
    services: { store, client: { temporal: client, taskQueue } },
    keys: [{ name: 'ann', key: KEY }],
  });
  url = await listen(app);
});
afterAll(async () => {
  await app?.close();
  await probe?.close();
  await temporal?.stop();
});

const headers = { authorization: `Bearer ${KEY}` };
const page = async (run: string): Promise<string> => (await fetch(`${url}/runs/${run}`, { headers })).text();

/** What a person's press of a button on the run page sends. */
async function press(run: string, approved: boolean, why: string): Promise<number> {
  const body = new URLSearchParams({ name: 'quarantine/quarantine of people.csv', approved: String(approved), why });
  return (await fetch(`${url}/runs/${run}/actions/approvals`, { method: 'POST', headers, body })).status;
}

it('a reading over its limit waits for a person: released from the page the run is done, rejected it ends with the reason', async () => {
  const released = await probe.start('held', { limit: 1 }, { id: 'released' });
  await expect.poll(() => page('released'), { timeout: 120_000, interval: 300 }).toContain('Waits for a person');
  const shown = await page('released');
  expect(shown).toContain('3 of 5 rows of people.csv cannot be read as its schema says (allowed: at most 1 rows)');
  expect(shown).toMatch(/>3<[^]*>age<[^]*>old<[^]*>4<[^]*>\(cells\)<[^]*>cem<[^]*>5<[^]*>age<[^]*>-4</);
  expect(shown).toMatch(/href="\/artifacts\/sha256-[^"]+">the whole quarantine/);
  // The worker dies while nobody has answered: the question stands.
  await probe.killWorker();
  await probe.startWorker();
  // What was bound for the dead worker comes back to the queue first.
  const answers = (): Promise<boolean> =>
    released.query('__temporal_workflow_metadata').then(
      () => true,
      () => false,
    );
  await expect.poll(answers, { timeout: 60_000 }).toBe(true);
  expect(await press('released', true, 'the three are known')).toBe(200);
  const outcome = await probe.outcome(released);
  const straight = await probe.run('held', { limit: 3 }, { id: 'within' });
  expect(outcome).toEqual({ state: 'done', result: expect.objectContaining({ table: expect.any(String) }) });
  expect(outcome).toEqual(straight);
  const { nodes } = await probe.graph('released');
  const decided = nodes.find(({ kind }) => kind === 'approval')?.decision;
  expect(decided).toMatchObject({ passed: true, by: 'ann', why: 'the three are known' });
  expect(decided?.evidence).toMatchObject({
    dropped: 3,
    read: 5,
    examples: [expect.stringContaining('line 3, age: "old"'), '', ''].map((one) => one || expect.any(String)),
  });

  const rejected = await probe.start('held', { limit: 1 }, { id: 'rejected' });
  await expect
    .poll(() => press('rejected', false, 'the shop sends it anew'), { timeout: 60_000, interval: 300 })
    .toBe(200);
  const ended = await probe.outcome(rejected);
  expect(ended.state).toBe('failed');
  expect(String((ended as { error: unknown }).error)).toMatch(
    /ann rejected people\.csv: the shop sends it anew.*3 of 5 rows are in quarantine: line 3, age: "old"/s,
  );
  expect((await probe.graph('rejected')).nodes.find(({ kind }) => kind === 'approval')?.decision).toMatchObject({
    passed: false,
    by: 'ann',
  });
}, 240_000);
