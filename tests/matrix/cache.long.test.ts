import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../core/digest.js';
import { canonical, type Json } from '../../core/json.js';
import type { TemporalService } from '../../setup/index.js';
import { Artifacts } from '../../store/index.js';
import { Probe, startServer, type Outcome } from './harness.js';

describe('what has been computed is found', () => {
  let server: TemporalService;
  let probe: Probe;

  beforeAll(async () => {
    server = await startServer();
    probe = await Probe.start(server);
  });

  afterAll(async () => {
    await probe?.close();
    await server?.stop();
  });

  /** Labels of the calls that a run executed, sorted. */
  const executed = (run: string): string[] =>
    probe
      .events(run)
      .filter(({ what }) => what === 'start')
      .map(({ label }) => label)
      .sort();

  const done = (outcome: Outcome): string => {
    if (outcome.state === 'failed') throw outcome.error;
    return canonical(outcome.result);
  };

  const run = async (pipeline: string, params: Json, id: string): Promise<string> =>
    done(await probe.run(pipeline, params, { id }));

  const ALL = ['all', 'aside', 'end', 'left', 'left step', 'right', 'right step'];

  it('an identical second run executes no node and schedules no Activity of one', async () => {
    const params = { salt: 'again' };
    const first = await run('arms', params, 'again-1');
    expect(executed('again-1')).toEqual(ALL);
    expect(await run('arms', params, 'again-2')).toBe(first);
    expect(executed('again-2')).toEqual([]);
    const scheduled = (await probe.history('again-2')).flat().filter(({ activity }) => activity !== undefined);
    expect(scheduled).toEqual([]);
    // The same look at the first run sees its Activities: what is not there could have been seen.
    const before = (await probe.history('again-1')).flat().filter(({ activity }) => activity !== undefined);
    expect(before).toHaveLength(ALL.length);
    expect((await probe.graph('again-2')).nodes.map(({ state }) => state)).toEqual(ALL.map(() => 'found'));
  });

  it('light nodes cost no Activity each, also more of them than one Workflow task may run', async () => {
    const outcome = await probe.run('noop-map', { salt: 'light', count: 450, light: true }, { id: 'light-1' });
    expect(outcome).toMatchObject({ result: { total: 450 } });
    const history = (await probe.history('light-1')).flat();
    // Each ended a Workflow task.
    const turns = history.flatMap(({ activity }) => activity ?? []);
    expect(new Set(turns)).toEqual(new Set(['trainyard.next']));
    expect(turns.length).toBeLessThan(450 / 25);
    const { nodes } = await probe.graph('light-1');
    // Found, where a Workflow task was over before its time and was begun again.
    expect(nodes.filter(({ state }) => state === 'done' || state === 'found')).toHaveLength(450);
  });

  it('a light node that fails is tried again in its pool, as the next attempt of as many as it has', async () => {
    probe.planFault('light-2', { label: 'c', moment: 'during', kind: 'transient', times: 1 });
    const outcome = await probe.run('linear', { salt: 'tried' }, { id: 'light-2' });
    expect(outcome.state).toBe('done');
    const tries = probe.events('light-2').filter(({ what, label }) => what === 'start' && label === 'c');
    expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    const scheduled = (await probe.history('light-2')).flat().flatMap(({ activity }) => activity ?? []);
    expect(scheduled).toEqual(['probe.make', 'probe.step', 'probe.light', 'probe.step']);
    expect((await probe.graph('light-2')).nodes.find(({ node }) => node === 'probe.light')?.attempt).toBe(2);
  });

  it('an equal run in a store that another pipeline has filled is found too', async () => {
    await run('arms', { salt: 'other' }, 'other-1');
    await run('large', { salt: 'between', by: 1 }, 'other-2');
    await run('arms', { salt: 'another' }, 'other-3');
    await run('arms', { salt: 'other' }, 'other-4');
    expect(executed('other-4')).toEqual([]);
  });

  it('a changed parameter runs again exactly the cone below it', async () => {
    await run('arms', { salt: 'cone', left: 1 }, 'cone-1');
    await run('arms', { salt: 'cone', left: 5 }, 'cone-2');
    expect(executed('cone-2')).toEqual(['all', 'end', 'left', 'left step']);
    await run('arms', { salt: 'cone', left: 5, right: 7 }, 'cone-3');
    expect(executed('cone-3')).toEqual(['all', 'aside', 'end', 'right', 'right step']);
    // Both halves are known by now, their sum is not.
    await run('arms', { salt: 'cone', left: 1, right: 7 }, 'cone-4');
    expect(executed('cone-4')).toEqual(['all', 'end']);
  });

  it('an input that comes out the same stops the cone', async () => {
    await run('arms', { salt: 'same', left: 1, right: 2 }, 'same-1');
    await run('arms', { salt: 'same', left: 2, right: 1 }, 'same-2');
    // Sides changed places: the sum and what follows it have the inputs that they had, in another order.
    expect(executed('same-2')).toEqual(['all', 'aside', 'left', 'left step', 'right', 'right step']);
  });

  it('a comment, a blank line or another layout in an implementation runs nothing again', async () => {
    const params = { salt: 'layout' };
    await run('arms', params, 'layout-1');
    const source = probe.read('nodes/probe/worker.ts');
    probe.write(
      'nodes/probe/worker.ts',
      `// Said anew.\n\n${source.replaceAll('  probed(', '  /* here */ probed(\n')}`,
    );
    await probe.reload();
    await run('arms', params, 'layout-2');
    expect(executed('layout-2')).toEqual([]);
    probe.write('nodes/probe/worker.ts', source);
    await probe.reload();
  });

  it('an edit in an imported local file runs again the nodes that use it, and what they change', async () => {
    const params = { salt: 'import' };
    const first = await run('arms', params, 'import-1');
    const source = probe.read('nodes/probe/arithmetic.ts');
    probe.write('nodes/probe/arithmetic.ts', source.replace('sum + one', 'one + sum'));
    await probe.reload();
    expect(await run('arms', params, 'import-2')).toBe(first);
    expect(executed('import-2')).toEqual(['all']);
    probe.write('nodes/probe/arithmetic.ts', source.replace('0);', '100);'));
    await probe.reload();
    expect(await run('arms', params, 'import-3')).not.toBe(first);
    expect(executed('import-3')).toEqual(['all', 'end']);
    probe.write('nodes/probe/arithmetic.ts', source);
    await probe.reload();
  });

  it('two runs started together compute each equal node once', async () => {
    const params = { salt: 'together', ms: 300 };
    const [one, other] = await Promise.all([run('arms', params, 'together-1'), run('arms', params, 'together-2')]);
    expect(other).toBe(one);
    expect([...executed('together-1'), ...executed('together-2')].sort()).toEqual(ALL);
  });

  it('a run that is asked to computes everything anew, and what resumes it does not', async () => {
    const params = { salt: 'anew' };
    const first = await run('arms', params, 'anew-1');
    expect(done(await probe.run('arms', params, { id: 'anew-2', fresh: true }))).toBe(first);
    expect(executed('anew-2')).toEqual(ALL);
    const again = { id: 'anew-3', fresh: true, lineage: 'anew-2', using: 'anew-2' } as const;
    expect(done(await probe.run('arms', params, again))).toBe(first);
    expect(executed('anew-3')).toEqual([]);
    // The others still find what they found before.
    expect(await run('arms', params, 'anew-4')).toBe(first);
    expect(executed('anew-4')).toEqual([]);
  });

  /** Changes one byte of a blob behind the store's back. */
  const damage = (digest: Digest): void => {
    const file = blobFile(digest);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    chmodSync(file, 0o644);
    writeFileSync(file, bytes);
  };
  const blobFile = (digest: Digest): string => {
    const hex = digest.slice('sha256-'.length);
    return probe.path(`.trainyard/store/blobs/${hex.slice(0, 2)}/${digest}`);
  };
  const isWhole = (digest: Digest): boolean =>
    `sha256-${createHash('sha256')
      .update(readFileSync(blobFile(digest)))
      .digest('hex')}` === digest;

  it('a damaged value is found when it is read, computed again, and never served', async () => {
    expect(JSON.parse(await run('large', { salt: 'value', by: 1 }, 'value-1')).value).toEqual({ n: 20_000 });
    const list = (await probe.graph('value-1')).nodes.find(({ node }) => node === 'probe.list');
    const artifact = list?.outputs?.['out']?.digest as Digest;
    const { valueBlob } = await new Artifacts(probe.client.store).manifest({ digest: artifact });
    damage(valueBlob?.digest as Digest);
    expect(isWhole(valueBlob?.digest as Digest)).toBe(false);
    expect(JSON.parse(await run('large', { salt: 'value', by: 3 }, 'value-2')).value).toEqual({ n: 60_000 });
    expect(executed('value-2')).toEqual(['list', 'measure']);
    expect(isWhole(valueBlob?.digest as Digest)).toBe(true);
  });

  it('a damaged manifest is found when it is read, and its node computed again', async () => {
    await run('large', { salt: 'manifest', by: 1 }, 'manifest-1');
    const list = (await probe.graph('manifest-1')).nodes.find(({ node }) => node === 'probe.list');
    const artifact = list?.outputs?.['out']?.digest as Digest;
    damage(artifact);
    expect(JSON.parse(await run('large', { salt: 'manifest', by: 3 }, 'manifest-2')).value).toEqual({ n: 60_000 });
    expect(executed('manifest-2')).toEqual(['list', 'measure']);
    expect(isWhole(artifact)).toBe(true);
  });
});
