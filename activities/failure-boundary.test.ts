import type { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { TrainyardError, type Code } from '@trainyard/errors';
import { inWords } from './failure-boundary.js';

it('a mistake that stays is not tried again, a fault that may pass is', async () => {
  const failed = async (code: Code): Promise<ApplicationFailure> => {
    const wrapped = inWords({ act: () => Promise.reject(new TrainyardError(code, { what: 'it is so' })) });
    return wrapped['act']!().then(
      () => expect.fail('it ended well'),
      (error: unknown) => error as ApplicationFailure,
    );
  };
  const stays = await failed('TY-RUN-UNKNOWN');
  expect([stays.type, stays.nonRetryable, stays.details]).toMatchObject([
    'TY-RUN-UNKNOWN',
    true,
    [{ code: 'TY-RUN-UNKNOWN', message: 'it is so' }],
  ]);
  expect((await failed('TY-REDIS-AWAY')).nonRetryable).toBe(false);
});

it("another's error of some MB is cut, and is tried again as it would be", async () => {
  const thrown = async (error: unknown): Promise<unknown> =>
    inWords({ act: () => Promise.reject(error as Error) })['act']!().catch((failed: unknown) => failed);
  const long = (await thrown(new RangeError('x'.repeat(3_000_000)))) as ApplicationFailure;
  expect(JSON.stringify([long.message, long.stack]).length).toBeLessThan(20_000);
  expect([long.type, long.nonRetryable]).toEqual(['RangeError', false]);
  const short = new Error('brief');
  expect(await thrown(short)).toBe(short);
});
