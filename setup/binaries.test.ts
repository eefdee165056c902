import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findBinary } from './binaries.js';

it('a part that is not there yet was said to be forbidden: nothing forbids it, and what fetches it is said', async () => {
  const tools = mkdtempSync(path.join(tmpdir(), 'trainyard-no-tools-'));
  const found = findBinary('valkey', { tools, env: { PATH: '' }, download: false });
  await expect(found).rejects.toMatchObject({
    code: 'TY-SETUP',
    what: 'valkey-server has not been fetched yet.',
    remedy: expect.stringContaining('npx trainyard setup') as string,
  });
  await expect(found).rejects.not.toThrow(/allowed/);
  rmSync(tools, { recursive: true });
});
