import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_REUSED } from '../../store/reused-files.js';
import type { Started } from './command.js';
import { interrupt, STACK, TestProject } from './harness.js';
import { canMount, SmallDisk } from './small-disk.js';

const ROWS = 150_000;
/** Reservations that a store keeps to be written anew, and one empty file, in each of worker, server and command. */
const WRITTEN_ANEW = 3 * (2 * MOST_REUSED + 1);

/** The disk of the store is really full: a small file system, in a namespace where this machine allows one. */
describe.skipIf(!canMount())('no disk space', { timeout: 600_000 }, () => {
  const project = new TestProject();
  let disk: SmallDisk;
  let dev: Started;
  beforeAll(async () => {
    const lines = Array.from({ length: ROWS }, (_, row) => `name ${(row * 7_919) % ROWS},${(row * 0.37).toFixed(2)}`);
    project.write('rows.csv', `name,mass\n${lines.join('\n')}\n`);
    disk = await SmallDisk.over(path.join(project.folder, '.trainyard', 'store'), '32m');
    project.within = disk.within(project.folder);
    dev = await project.dev();
  });
  afterAll(async () => {
    if (dev) await interrupt(dev);
    disk?.close();
    await project.remove();
  });

  /** Every blob is what its name says, and no unfinished file lies about: but for small ones that a worker writes anew each time. */
  const expectWhole = (): void => {
    const blobs = disk.seen('blobs');
    for (const file of existsSync(blobs) ? readdirSync(blobs, { recursive: true, withFileTypes: true }) : []) {
      if (!file.isFile()) continue;
      const hash = createHash('sha256').update(readFileSync(path.join(file.parentPath, file.name)));
      expect(file.name).toBe(`sha256-${hash.digest('hex')}`);
    }
    const left = readdirSync(disk.seen('tmp')).map((name) => statSync(path.join(disk.seen('tmp'), name)).size);
    expect(left.length).toBeLessThanOrEqual(WRITTEN_ANEW);
    expect(Math.max(0, ...left)).toBeLessThan(64_000);
  };

  it('an output that does not fit: the run fails in words, and taken up with space it ends with the digests of an undisturbed one', async () => {
    disk.fillUpTo(400_000);
    const full = await project.run('run', 'reading', '-p', 'source=rows.csv', '--id', 'full');
    expect(full.code, full.all).toBe(1);
    expect(full.err).toContain('[TY-STORE-FULL]');
    expect(full.err).toMatch(/nothing more can be written to \S+store: no space is left/);
    expect(full.err).toMatch(/expected: room for [\d.]+ [kM]B\n\s+actual:\s+[\d.]+ k?B free/);
    expect(full.err).toMatch(/to do:\s+free some space/);
    expect(full.all).not.toMatch(STACK);
    expectWhole();
    disk.makeSpace();
    const resumed = await project.run('resume', 'full', '--json');
    expect(resumed.code, resumed.all).toBe(0);
    const { run } = JSON.parse(resumed.out) as { run: string };
    // Again in an empty store, on the ordinary disk: every digest is compared.
    const verified = await project.run('verify', run);
    expect(verified.code, verified.all).toBe(0);
    expectWhole();
  });

  it('a disk that is full before anything starts: refused at once, and nothing runs', async () => {
    disk.fillUpTo(0);
    const refused = await project.run('run', 'toy', '--id', 'never');
    expect(refused.code, refused.all).toBe(1);
    expect(refused.err).toContain('[TY-STORE-FULL]');
    expect(refused.all).not.toMatch(STACK);
    expectWhole();
    disk.makeSpace();
    expect((await project.run('show', 'never')).err).toContain('[TY-RUN-UNKNOWN]');
    const again = await project.run('run', 'toy', '--id', 'never');
    expect(again.code, again.all).toBe(0);
  });

  it('a disk that fills up while a node computes: what cannot be kept fails in words, and the run is taken up', async () => {
    const args = ['run', 'slowly', '-p', 'tag=filling', '-p', 'steps=20', '-p', 'ms=300', '--id', 'filling'];
    const run = project.start(args);
    await run.says(/run filling/);
    await wait(3_000);
    disk.fillUpTo(0);
    await run.says(/the disk of \S+store is full: the run may stand still\n {2}to do: /);
    const ended = await run.ended;
    expect(ended.code, ended.all).toBe(1);
    expect(ended.err).toContain('[TY-STORE-FULL]');
    expect(ended.err).toMatch(/no space is left/);
    expect(ended.all).not.toMatch(STACK);
    expectWhole();
    disk.makeSpace();
    const resumed = await project.run('resume', 'filling');
    expect(resumed.code, resumed.all).toBe(0);
    expect(resumed.out).toMatch(/done in/);
    expectWhole();
  });
});
