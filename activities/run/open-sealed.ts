import { digestText, type Digest } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import type { Ref } from '../../core/kinds.js';
import type { SealedOpening } from '../../core/records.js';
import type { NodeTask } from '../../core/task.js';
import { currentSandbox } from '../../project/sandbox.js';
import { openingsOf, recordOpening, singleFlight, type Store } from '../../store/index.js';

/**
 * Puts the opening of each sealed input on the record before its bytes are read. Throws TY-SEALED-REASON for a set that another
 * call has opened before, where nobody said why it is opened again; a retry or a resume of the same call is no further opening.
 */
export async function openSealed(store: Store, task: NodeTask): Promise<void> {
  const given = Object.entries(task.inputs).flatMap(([port, refs]) =>
    (Array.isArray(refs) ? (refs as readonly Ref[]) : [refs as Ref]).map((ref) => ({ port, ref })),
  );
  const models = given.filter(({ ref }) => ref.kind === 'model').map(({ ref }) => ref.digest);
  for (const { port, ref } of given) {
    if (!ref.kind.startsWith('sealed ')) continue;
    const { digest } = ref;
    const own = async (): Promise<SealedOpening | null> =>
      (await openingsOf(store, digest)).find(({ key }) => key === task.key) ?? null;
    // One at a time: of two first openings one is the second.
    await singleFlight(store, digestText(`opening of ${digest}`), {
      owner: `${task.run.id} ${task.call}`,
      found: own,
      compute: async () => {
        const former = await own();
        if (former) return former;
        const opening = openingOf(task, digest, models);
        const before = await openingsOf(store, digest);
        if (before.length > 0 && opening.reason === undefined) throw askReason(task, port, before);
        await recordOpening(store, opening);
        return opening;
      },
    });
  }
}

function openingOf(task: NodeTask, artifact: Digest, models: readonly Digest[]): SealedOpening {
  // A run that is repeated for comparison asks nobody, and its record goes with it.
  const repeated: NodeTask['opening'] =
    currentSandbox() === undefined ? undefined : { reason: 'the run is repeated for comparison' };
  const { reason, by } = task.opening ?? repeated ?? {};
  return {
    artifact,
    key: task.key,
    run: task.run.id,
    node: task.node,
    purpose: task.scope === '' ? task.run.pipeline : `${task.run.pipeline}/${task.scope}`,
    by: task.run.cause,
    ...(models.length === 0 ? {} : { models }),
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { allowedBy: by }),
    openedAt: new Date().toISOString(),
  };
}

/** Openings that a message names. */
const NAMED = 3;

function askReason(task: NodeTask, port: string, before: readonly SealedOpening[]): TrainyardError {
  const last = before
    .slice(-NAMED)
    .map(({ node, run, openedAt }) => `${node} of run ${run} on ${openedAt.slice(0, 10)}`)
    .join('; ');
  return new TrainyardError('TY-SEALED-REASON', {
    what: `the sealed test set was opened ${before.length === 1 ? 'once' : `${before.length} times`} before: each further opening makes its figures say less about new rows, so it needs a reason`,
    where: { run: task.run.id, node: task.node, port },
    expected: 'why it is opened again',
    actual: `opened by ${before.length > NAMED ? '…; ' : ''}${last}`,
    remedy: `trainyard retry ${task.run.id} ${task.call} --why "…", or the run page; or say it in the pipeline: ${task.node}({ … }, { reason: '…' })`,
  });
}
