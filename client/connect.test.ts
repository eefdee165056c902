import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseConfig } from '../core/config.js';
import { writeAddresses } from '../project/addresses.js';
import { redisUrl, type ProjectBase } from './connect.js';

const root = mkdtempSync(path.join(tmpdir(), 'trainyard-connect-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const project = (redis: unknown): ProjectBase =>
  ({
    root,
    state: root,
    configFile: 'temporal.config.ts',
    config: parseConfig({ redis }, 'temporal.config.ts'),
  }) as never;

test('the password of a Redis is read from where the configuration says, and refused in the file itself', () => {
  process.env['TOY_REDIS'] = 'redis://:hunter2@cache:6379';
  expect(redisUrl(project({ url: { env: 'TOY_REDIS' } }))).toBe('redis://:hunter2@cache:6379');
  delete process.env['TOY_REDIS'];
  expect(() => redisUrl(project({ url: { env: 'TOY_REDIS' } }))).toThrow(/environment variable TOY_REDIS/);
  expect(redisUrl(project({ url: 'redis://cache:6379' }))).toBe('redis://cache:6379');
  const refused = (): unknown => project({ url: 'redis://default:hunter2@cache:6379' });
  expect(refused).toThrow(/redis\.url: it holds a password.*\{ env: 'REDIS_URL' \}/);
  expect(refused).not.toThrow(/hunter2/);
});

test('where the services of a project listen is for its owner alone to read', async () => {
  await writeAddresses(root, { temporal: '127.0.0.1:7233', pid: 1 });
  expect(statSync(path.join(root, 'services.json')).mode & 0o077).toBe(0);
});
