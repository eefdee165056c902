import { expect, test, vi } from 'vitest';
import type { Responded } from '../../../models/index.js';
import { secondsToWait } from '../../again-after.js';
import type { Row } from '../request.js';
import { ScoringQueue, type QueueOptions } from './queue.js';

/** Answers each row with `x` and its double, when it is let; rows without x are refused. */
function hand(options: Partial<QueueOptions> = {}) {
  const batches: number[][] = [];
  let open: () => void = () => undefined;
  const gate = { wait: Promise.resolve() };
  const score = async (rows: readonly Row[]): Promise<Responded> => {
    batches.push(rows.map(({ x }) => Number(x)));
    await gate.wait;
    if (rows.some(({ x }) => x === undefined)) throw new Error('a row has no x');
    const unknown = rows.flatMap(({ x }, row) => (Number(x) < 0 ? [{ row, columns: ['x'] }] : []));
    const numbers = Float64Array.from(rows.flatMap(({ x }) => [Number(x), 2 * Number(x)]));
    return { numbers, rows: rows.length, unknown, short: [] };
  };
  const queue = new ScoringQueue({ score, waitingRows: 10, timeoutMs: 5_000, slice: 4, rowMs: 1000, ...options });
  return {
    queue,
    batches,
    hold: (): void => void (gate.wait = new Promise((resolve) => (open = resolve))),
    release: (): void => open(),
  };
}
const rows = (...xs: number[]): Row[] => xs.map((x) => ({ x }));

test('single rows that come while a batch is scored are scored together, and each gets its own answer', async () => {
  const { queue, batches, hold, release } = hand();
  hold();
  const asked = [1, 2, 3, -4].map((x) => queue.ask(rows(x)));
  release();
  const answers = await Promise.all(asked);
  expect(batches).toEqual([[1], [2, 3, -4]]);
  expect(answers.map(({ numbers }) => [...numbers])).toEqual([
    [1, 2],
    [2, 4],
    [3, 6],
    [-4, -8],
  ]);
  expect(answers.map(({ unknown }) => unknown)).toEqual([[], [], [], [{ row: 0, columns: ['x'] }]]);
  expect(queue.rows).toBe(0);
});

test('a request of many rows is scored in slices, and others take their turns between them', async () => {
  const { queue, batches } = hand();
  const [long, short] = await Promise.all([queue.ask(rows(1, 2, 3, 4, 5, 6, 7, 8, -9)), queue.ask(rows(20))]);
  expect(batches).toEqual([
    [1, 2, 3, 4],
    [20, 5, 6, 7],
    [8, -9],
  ]);
  expect([...long.numbers]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, -9].flatMap((x) => [x, 2 * x]));
  expect(long.unknown).toEqual([{ row: 8, columns: ['x'] }]);
  expect([...short.numbers]).toEqual([20, 40]);
});

test('beyond its bound a request is refused at once and told when to ask again', async () => {
  const { queue, hold, release } = hand();
  hold();
  const taken = [queue.ask(rows(1, 2, 3, 4, 5, 6)), queue.ask(rows(7, 8, 9, 10))];
  const refused = await queue.ask(rows(11)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'TY-ENDPOINT-BUSY', message: expect.stringMatching(/10 rows wait/) as string });
  expect(secondsToWait(refused)).toBe(10);
  release();
  await Promise.all(taken);
  expect((await queue.ask(rows(11))).rows).toBe(1);
});

test('a request to an empty queue is taken, however many rows it has', async () => {
  const { queue } = hand({ waitingRows: 2 });
  expect((await queue.ask(rows(1, 2, 3, 4, 5))).rows).toBe(5);
});

test('what is not answered in time is dropped, and what of it waits is never scored', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { queue, batches, hold, release } = hand({ timeoutMs: 1000 });
    hold();
    const late = [queue.ask(rows(1)), queue.ask(rows(2, 3))].map((one) => one.catch((error: unknown) => error));
    vi.advanceTimersByTime(1001);
    for (const one of await Promise.all(late)) expect(one).toMatchObject({ code: 'TY-ENDPOINT-LATE' });
    expect(queue.rows).toBe(0);
    release();
    expect((await queue.ask(rows(4))).rows).toBe(1);
    expect(batches).toEqual([[1], [4]]);
  } finally {
    vi.useRealTimers();
  }
});

test('a request that the model refuses does not take along those that were scored with it', async () => {
  const { queue, hold, release } = hand();
  hold();
  const first = queue.ask(rows(0));
  const [good, bad, other] = [queue.ask(rows(1)), queue.ask([{}]), queue.ask(rows(3))];
  const refused = bad.catch((error: unknown) => error);
  release();
  await first;
  expect([...(await good).numbers]).toEqual([1, 2]);
  expect(await refused).toMatchObject({ message: 'a row has no x' });
  expect([...(await other).numbers]).toEqual([3, 6]);
});
