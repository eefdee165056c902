import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { TrainyardError, UserError } from '@trainyard/errors';
import { EXIT, exitCodeOf, explained, Interrupted, RunFailed } from './exit.js';

describe('how a command ends', () => {
  it('tells a wrong call from a failure, and a run that failed from both', () => {
    const unknown = new TrainyardError('TY-PIPELINE-UNKNOWN', { what: 'x' });
    expect(exitCodeOf(unknown)).toBe(EXIT.usage);
    expect(exitCodeOf(new RunFailed('r', unknown))).toBe(EXIT.failed);
    expect(exitCodeOf(new UserError('x'))).toBe(EXIT.failed);
    expect(exitCodeOf(new Interrupted())).toBe(EXIT.interrupted);
  });

  it('explains what the system refuses', async () => {
    const missing = await readFile('/nowhere/at/all').catch((error: unknown) => error);
    expect(explained(missing)).toMatchObject({ code: 'TY-USAGE', where: { file: '/nowhere/at/all' } });
    // Every write to this device of Linux fails with ENOSPC.
    if (existsSync('/dev/full')) {
      const { writeFile } = await import('node:fs/promises');
      const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
      expect(explained(full).code).toBe('TY-STORE-FULL');
    }
    expect(explained(new TypeError('x is not a function')).code).toBe('TY-UNEXPLAINED');
  });

  it('takes a broken connection for Temporal being away', () => {
    const cause = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    expect(explained(new Error('failed to start', { cause })).code).toBe('TY-TEMPORAL-AWAY');
  });
});
