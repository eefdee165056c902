import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startValkey, type ValkeyService } from '../../setup/index.js';
import { predictionStream } from '../../core/ids.js';
import type { LoggedRequest } from '../../core/prediction-streams.js';
import { PredictionLog } from './prediction-log.js';

const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-log-'));
let valkey: ValkeyService;
let redis: Redis;

beforeAll(async () => {
  valkey = await startValkey({ dir: folder });
  redis = new Redis(valkey.url);
});

afterAll(async () => {
  redis?.disconnect();
  await valkey?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function request(id: string, rows: number, text = 'x'): LoggedRequest {
  const each = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  return { id, at: 0, version: 1, rows: each({ text }), labels: each('a'), probabilities: each(1) };
}

async function logged(endpoint: string): Promise<string[]> {
  const entries = await redis.xrange(predictionStream('logged', endpoint), '-', '+');
  return entries.map(([, fields]) => (JSON.parse(fields[1]!) as LoggedRequest).id);
}

/** What endpoints are sent: in each burst so many requests of so many rows each. */
const bursts = fc.record({
  endpoints: fc.integer({ min: 2, max: 6 }),
  capacity: fc.integer({ min: 5, max: 60 }),
  sent: fc.array(
    fc.record({ of: fc.nat(5), requests: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 12 },
  ),
});

test('no endpoint starves beside a busy one, and what was taken is written once and in order', async () => {
  let draws = 0;
  await fc.assert(
    fc.asyncProperty(bursts, async ({ endpoints, capacity, sent }) => {
      const draw = draws++;
      const names = Array.from({ length: endpoints }, (_, i) => `e${draw}-${i}`);
      const [busy = '', refused = ''] = names;
      const taken = new Map<string, string[]>(names.map((name) => [name, []]));
      const offered = new Map<string, number>(names.map((name) => [name, 0]));
      const droppedRows = new Map<string, number>(names.map((name) => [name, 0]));
      const turns: string[] = [];
      const passedOver: string[] = [];
      /** Who had waited already at an endpoint's last turn. */
      const waitedAt = new Map<string, { turn: number; others: string[] }>();
      let refills = 30;

      const add = (name: string, rows: number): void => {
        const id = `${name}-${taken.get(name)!.length}-${offered.get(name)}`;
        offered.set(name, offered.get(name)! + rows);
        if (log.add(name, request(id, rows))) taken.get(name)!.push(id);
        else droppedRows.set(name, droppedRows.get(name)! + rows);
      };
      const onWritten = (name: string): void => {
        const before = waitedAt.get(name);
        for (const other of before?.others ?? [])
          if (!turns.slice(before!.turn).includes(other)) passedOver.push(`${other} by ${name}`);
        turns.push(name);
        const others = names.filter((one) => one !== name && one !== refused && log.figures(one).waiting > 0);
        waitedAt.set(name, { turn: turns.length, others });
        // Whenever something of the busy one is written, more has come.
        if (name === busy && refills-- > 0) add(busy, 1);
      };
      // A stream that takes nothing, as after a failed move of data: it must not hold up the others.
      await redis.set(predictionStream('logged', refused), 'no stream');
      const log = new PredictionLog(redis, 'logged', { capacity, onWritten });
      add(busy, 1);
      for (const { of, requests, rows } of sent) {
        for (let i = 0; i < requests; i++) add(names[of % endpoints]!, rows);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const healthy = names.filter((name) => name !== refused);
      await expect
        .poll(() => [refills <= 0, ...healthy.map((name) => log.figures(name).waiting)], { interval: 2 })
        .toEqual([true, ...healthy.map(() => 0)]);
      expect(passedOver).toEqual([]);
      expect(log.figures(refused)).toMatchObject({ written: 0 });
      await redis.del(predictionStream('logged', refused));
      await expect.poll(() => log.figures(refused).waiting, { interval: 2, timeout: 10_000 }).toBe(0);
      for (const name of names) {
        const { written, waiting, dropped } = log.figures(name);
        expect([name, written + dropped, waiting]).toEqual([name, offered.get(name), 0]);
        expect([name, dropped]).toEqual([name, droppedRows.get(name)]);
        expect(await logged(name)).toEqual(taken.get(name));
      }
      await log.close();
    }),
    { numRuns: 15, seed: 8 },
  );
});

test('large rows are bounded by their size, not by their number alone, and what is dropped is counted', async () => {
  await redis.set(predictionStream('logged', 'large'), 'no stream');
  const log = new PredictionLog(redis, 'logged', { capacityCharacters: 100_000 });
  const took = Array.from({ length: 10 }, (_, i) => log.add('large', request(`r${i}`, 1, 'x'.repeat(30_000))));
  expect(took.filter(Boolean)).toHaveLength(3);
  expect(log.figures('large')).toMatchObject({ waiting: 3, dropped: 7 });
  await redis.del(predictionStream('logged', 'large'));
  await expect.poll(() => log.figures('large').written).toBe(3);
  // What was written leaves room again.
  expect(log.add('large', request('later', 1, 'x'.repeat(30_000)))).toBe(true);
  await expect.poll(() => logged('large')).toEqual(['r0', 'r1', 'r2', 'later']);
  await log.close();
});

/** A connection whose writes fail as the test says: before Redis has them, or after, when only the answer is lost. */
function failing(fate: () => 'before' | 'after' | undefined): Redis {
  const base = new Redis(valkey.url);
  const duplicate = base.duplicate.bind(base);
  base.duplicate = (options) => {
    const connection = duplicate(options);
    const write = connection.eval.bind(connection) as (...args: unknown[]) => Promise<unknown>;
    connection.eval = (async (...args: unknown[]) => {
      const now = fate();
      if (now === 'before') throw new Error('Redis was away');
      const answer = await write(...args);
      if (now === 'after') throw new Error('the answer was lost');
      return answer;
    }) as typeof connection.eval;
    return connection;
  };
  return base;
}

test('a batch whose answer was lost is written once, and its mark does not outlive the next one', async () => {
  let draw = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('before' as const, 'after' as const, undefined), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
      async (fates, bursts) => {
        const endpoint = `lost-${draw++}`;
        const left = [...fates];
        const connection = failing(() => left.shift());
        const log = new PredictionLog(connection, 'logged');
        const taken: string[] = [];
        for (const [burst, requests] of bursts.entries()) {
          for (let i = 0; i < requests; i++) {
            taken.push(`${endpoint}-${burst}-${i}`);
            expect(log.add(endpoint, request(taken.at(-1)!, 1))).toBe(true);
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        await expect.poll(() => log.figures(endpoint).waiting, { interval: 2, timeout: 60_000 }).toBe(0);
        expect(await logged(endpoint)).toEqual(taken);
        expect(log.figures(endpoint)).toEqual({ written: taken.length, waiting: 0, dropped: 0 });
        const marks = await redis.keys(`{${predictionStream('logged', endpoint)}}:batch:*`);
        expect(marks).toHaveLength(1);
        expect(await redis.ttl(marks[0]!)).toBeGreaterThan(86_400);
        await log.close();
        connection.disconnect();
      },
    ),
    { numRuns: 10, seed: 4, endOnFailure: true },
  );
});
