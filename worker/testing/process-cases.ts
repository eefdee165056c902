import { deepStrictEqual, ok } from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { ProcessExample } from './process-example.js';
import type { ProcessStage, StagePlace } from './process-stage.js';

export interface ProcessCase {
  readonly name: string;
  /** Whether the case says something of this process. */
  applies(example: ProcessExample): boolean;
  run(example: ProcessExample, place: StagePlace): Promise<void>;
}

const always = (): boolean => true;

/** Plays an example on a stage of its own. */
async function played(
  example: ProcessExample,
  place: StagePlace,
  play: (stage: ProcessStage) => Promise<void>,
): Promise<void> {
  // Temporal's worker is loaded for these cases alone.
  const { ProcessStage: stages } = await import('./process-stage.js');
  await using stage = await stages.open(example, place);
  await play(stage);
}

/** Its end, where it comes to one: what it gave is right. */
async function ended(example: ProcessExample, handle: WorkflowHandle): Promise<void> {
  if (example.process.ends === 'never') return;
  const result: unknown = await handle.result();
  await example.gave?.(result);
}

/**
 * What every durable process must promise, as a list to run against an example of it on a real Temporal.
 *
 * ```ts
 * for (const one of processCases) test.runIf(one.applies(example))(one.name, () => one.run(example, { address }));
 * ```
 */
export const processCases: readonly ProcessCase[] = [
  {
    name: 'says what it is, and what it names is there',
    applies: always,
    run: async ({ process }, place) => {
      deepStrictEqual(process.part, 'process');
      ok(process.title.length > 0, 'it has a title');
      const view = await process.view?.();
      ok(view === undefined || typeof view.say === 'function', 'its view says something');
      const made: object = place.services === undefined ? {} : ((await process.activities?.())?.(place.services) ?? {});
      for (const [name, act] of Object.entries(made)) ok(name.includes('.') && typeof act === 'function', name);
    },
  },
  {
    name: 'answers what it is asked before anything has happened, and says it in words',
    applies: ({ process, state }) => process.view !== undefined || state !== undefined,
    run: (example, place) =>
      played(example, place, async (stage) => {
        await stage.work();
        const handle = await stage.start();
        const said = await stage.state(handle);
        ok(said !== undefined, 'it says something of itself');
        const view = await example.process.view?.();
        if (!view || example.state) return;
        const { fraction = 0, parts } = view.say(said, Date.now());
        ok(fraction >= 0 && fraction <= 1, `${fraction} is a fraction`);
        for (const { rank, texts } of parts) ok(Number.isInteger(rank) && texts.every((text) => text.length > 0));
      }),
  },
  {
    name: 'comes to its end, and its history repeats',
    applies: always,
    run: (example, place) =>
      played(example, place, async (stage) => {
        await stage.work();
        const handle = await stage.start();
        for (const step of example.steps) await step(handle);
        await ended(example, handle);
        await stage.replay(handle);
      }),
  },
  {
    name: 'goes on in another worker, which knows nothing but its history',
    applies: always,
    run: (example, place) =>
      played(example, place, async (stage) => {
        const first = await stage.work();
        const handle = await stage.start();
        const half = Math.floor(example.steps.length / 2);
        for (const step of example.steps.slice(0, half)) await step(handle);
        const before = await stage.state(handle);
        await first.stop();
        await stage.work({ cached: false });
        deepStrictEqual(await stage.state(handle), before);
        for (const step of example.steps.slice(half)) await step(handle);
        await ended(example, handle);
      }),
  },
  {
    name: 'moves on to the newest build with what it knows',
    applies: ({ process }) => process.versions === 'moves on',
    run: (example, place) =>
      played(example, place, async (stage) => {
        const first = await stage.work({ build: 'one' });
        const handle = await stage.start();
        const half = Math.floor(example.steps.length / 2);
        for (const step of example.steps.slice(0, half)) await step(handle);
        const before = await stage.state(handle);
        await stage.work({ build: 'two' });
        await first.stop();
        deepStrictEqual(await stage.state(handle), before);
        for (const step of example.steps.slice(half)) await step(handle);
        await ended(example, handle);
        if (half < example.steps.length) deepStrictEqual(await stage.buildOf(handle), 'two');
      }),
  },
  {
    name: 'continues as new with what it knows',
    applies: ({ continuing }) => continuing !== undefined,
    run: (example, place) =>
      played(example, place, async (stage) => {
        await stage.work();
        const handle = await stage.start(example.continuing);
        const first = await stage.firstRun(handle);
        for (const step of example.steps) await step(handle);
        await ended(example, handle);
        ok((await stage.lastRun(handle)) !== first, 'it has continued as new');
      }),
  },
  {
    name: 'ends when it is cancelled',
    applies: always,
    run: (example, place) =>
      played(example, place, async (stage) => {
        await stage.work();
        const handle = await stage.start();
        await stage.state(handle);
        await handle.cancel();
        await handle.result().catch(() => undefined);
        const { status } = await handle.describe();
        ok(['CANCELLED', 'COMPLETED'].includes(status.name), `it is ${status.name}`);
      }),
  },
];
