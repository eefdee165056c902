import type { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { TrainyardError, type Code } from '../core/errors/index.js';
import { inWords } from './in-words.js';

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
