import { resumeRun } from '../../../client/run/resume.js';
import type { TemporalService } from '../../../setup/index.js';
import { Probe, type Outcome } from '../../../tests/matrix/harness.js';
import { cpuMs, cpuMsOfAll } from '../cpu-time.js';
import { Peer, type FailedByHand } from '../peer.js';
import { timed, type Ask, type Contender } from './contender.js';
import { validated } from './validate.js';

const SLOTS = 4;

/** Ours, of light nodes or with everything on, and Temporal by hand: each with a worker of its own, on one server. */
export async function onTemporal(server: TemporalService, names: readonly string[]): Promise<Contender[]> {
  const probe = await Probe.start(server, { slots: SLOTS, crashes: false });
  const peer = await Peer.start(probe.client.temporal, { address: server.address, slots: SLOTS });
  const all = [ours(probe, server, false), ours(probe, server, true), byHand(peer, server)];
  return all.filter(({ name }) => names.includes(name));
}

export const OURS = 'everything on';
export const OURS_LIGHT = 'light nodes';
export const BY_HAND = 'Temporal by hand';

function ours(probe: Probe, server: TemporalService, light: boolean): Contender {
  let runs = 0;
  let failed = '';
  const id = (): string => `${light ? 'light' : 'isolated'}-${++runs}`;
  const gives = (outcome: Outcome): number | undefined => {
    if (outcome.state === 'failed') throw outcome.error;
    return (outcome.result as { value?: { n: number } }).value?.n;
  };
  const start = (ask: Ask, run: string, last = ''): Promise<Outcome> =>
    probe.run(`beside-${ask.shape}`, { salt: ask.salt, last, count: ask.count, light }, { id: run });
  return {
    name: light ? OURS_LIGHT : OURS,
    stays: true,
    can: (ask) => ask.do !== 'validate' || !light,
    run: async (ask) => {
      if (ask.do === 'validate') return validated(ask.count);
      if (ask.do === 'resume')
        return timed(ask, async () => gives(await probe.outcome(await resumeRun(probe.client, failed))));
      if (ask.do !== 'fail') return timed(ask, async () => gives(await start(ask, id())));
      failed = id();
      probe.planFault(failed, { label: 'last', moment: 'before', kind: 'user', times: 1 });
      // Each failing run has a last node of its own: the one before may be computed by now.
      const { state } = await start(ask, failed, failed);
      if (state === 'done') throw new Error(`${failed} was to fail`);
      return { ms: 0, nodes: 0 };
    },
    cpuMs: () => cpuMs(server.pid) + cpuMsOfAll(probe.workerPid ?? NaN),
    close: () => probe.close(),
  };
}

function byHand(peer: Peer, server: TemporalService): Contender {
  const failures = new Map<string, FailedByHand>();
  return {
    name: BY_HAND,
    stays: true,
    can: (ask) => ask.do !== 'again' && ask.do !== 'validate',
    run: async (ask) => {
      if (ask.do === 'run') return timed(ask, () => peer.runShape(ask.shape, ask.count));
      const failed = failures.get(ask.salt) ?? (await peer.failShape(ask.shape, ask.count));
      failures.set(ask.salt, failed);
      return ask.do === 'fail' ? { ms: 0, nodes: 0 } : timed(ask, () => peer.reset(failed));
    },
    cpuMs: () => cpuMs(server.pid) + cpuMsOfAll(peer.pid),
    close: () => peer.close(),
  };
}
