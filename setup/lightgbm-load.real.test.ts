import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadLightgbm } from './lightgbm-load.js';
import { ensureLightgbm } from './lightgbm.js';

test.runIf(process.platform === 'linux')(
  'on a machine without the OpenMP run time, LightGBM says what is missing and what to install',
  async () => {
    const { path: library } = await ensureLightgbm();
    const tools = mkdtempSync(path.join(tmpdir(), 'no-openmp-'));
    try {
      // The library itself, asking for a run time that no machine has.
      const bytes = readFileSync(library);
      const at = bytes.indexOf('libgomp.so.1\0');
      expect(at).toBeGreaterThan(0);
      bytes.write('libgomp.so.X', at, 'latin1');
      const folder = path.join(tools, path.basename(path.dirname(library)));
      mkdirSync(folder);
      writeFileSync(path.join(folder, path.basename(library)), bytes);
      const refused = loadLightgbm({ tools });
      await expect(refused).rejects.toMatchObject({
        message: expect.stringContaining('LightGBM cannot be loaded on this machine') as string,
        actual: expect.stringContaining('libgomp.so.X: cannot open shared object file') as string,
        remedy: expect.stringContaining('apt-get install libgomp1') as string,
      });
    } finally {
      rmSync(tools, { recursive: true });
    }
  },
);
