import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { texts } from '../../index.js';
import { projectForTests } from '../../read-source.test-part.js';
import { snapshotNode } from '../../worker.js';
import { runNode } from '../../../../worker/testing/index.js';
import { textsSource } from './kinds.js';

const COUNT = 100_000;

test('100,000 small files are one snapshot with one manifest, and a second one reads none of them', async () => {
  const folder = projectForTests();
  const old = new Date(Date.now() - 3_600_000);
  for (let i = 0; i < COUNT; i++) {
    const file = path.join(folder, `many/k${i % 7}/f${i}.txt`);
    if (i < 7) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `text ${i}`);
    utimesSync(file, old, old);
  }
  const take = async () => {
    const { output, log, dispose } = await runNode(snapshotNode, {
      params: { source: texts({ path: 'many' }) },
      parts: [textsSource],
    });
    const { ref, files } = output;
    await dispose();
    return { digest: ref.digest, files, log: log.join('\n') };
  };
  const first = await take();
  expect(first.log).toContain(`${COUNT} were read`);
  expect(first.files.filter((file) => !file.startsWith('pack-'))).toHaveLength(1);
  expect(first.files.length).toBeLessThanOrEqual(257);
  const second = await take();
  expect(second.log).toContain('of which 0 were read');
  expect(second.digest).toBe(first.digest);
}, 600_000);
