import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { describeRun } from '../../client/run/run-view.js';
import type { ProcessServices } from '../../client/process.js';
import { readBackfill } from '../../client/backfill/plan.js';
import { readRun } from '../../store/index.js';
import type { BackfillActivities, BackfillPage } from '../../workflows/backfill/contract.js';

/** Partitions of one page: some 20 kB. */
const PAGE = 50;

const LOOK_EVERY_MS = 2_000;

/** What backfills read and wait for. */
export function backfillActivities({ client, store }: ProcessServices): BackfillActivities {
  return {
    'trainyard.backfillPage': async (id, from) => {
      const { param, params, partitions } = await readBackfill(store, id);
      const found: BackfillPage['partitions'][number][] = [];
      let next = from;
      for (; next < partitions.length && found.length < PAGE; next++) {
        const { run, value } = partitions[next]!;
        Context.current().heartbeat();
        if ((await readRun(store, run))?.end) continue;
        found.push({ run, value, params: { ...params, [param]: value }, at: next });
      }
      return { partitions: found, next };
    },
    'trainyard.backfillWait': async (run) => {
      const { cancellationSignal } = Context.current();
      while ((await describeRun(client.temporal, run))?.open) {
        Context.current().heartbeat();
        await sleep(LOOK_EVERY_MS, undefined, { signal: cancellationSignal });
      }
    },
  };
}
