import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { StartedProcesses } from './started-processes.js';

describe.runIf(process.platform === 'linux')('what a process has started', () => {
  test('none, however often it is asked', () => {
    const started = new StartedProcesses();
    started.any();
    expect(Array.from({ length: 200 }, () => started.any())).not.toContain(true);
  });

  test('one that goes on is seen, and once', async () => {
    const started = new StartedProcesses();
    started.any();
    const child = spawn('sleep', ['30']);
    expect(started.any()).toBe(true);
    expect(started.any()).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  test('one that has ended is seen', () => {
    const started = new StartedProcesses();
    started.any();
    for (let time = 0; time < 20; time++) {
      spawnSync('true');
      expect(started.any()).toBe(true);
    }
  });
});
