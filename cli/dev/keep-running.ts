import { setTimeout as sleep } from 'node:timers/promises';
import { isTrainyardError } from '@trainyard/errors';
import type { Service } from '../../setup/index.js';
import type { ServiceHooks } from './service-hooks.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/**
 * Starts a service, and starts it again on the same data and the same port when it ends unasked, with growing waits,
 * and says so. Gives the first one: its addresses stay.
 */
export async function keepRunning<S extends Service>(
  what: string,
  { say, signal, ends }: ServiceHooks,
  start: (before: S | undefined) => Promise<S>,
): Promise<S> {
  let running: S | undefined;
  let stopping = false;
  const first = await start(undefined);
  running = first;
  const stop = async (): Promise<void> => {
    stopping = true;
    await running?.stop();
  };
  // The one who waited for the start has gone meanwhile.
  if (signal.aborted) await stop();
  ends.push(stop);

  const watch = async (): Promise<void> => {
    for (;;) {
      const end = await (running as S).exited;
      if (stopping) return;
      say(`${what} ended (${end.signal ?? `code ${String(end.code)}`}); it is started again on the same data`);
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        await sleep(wait);
        if (stopping) return;
        try {
          running = await start(first);
          break;
        } catch (error) {
          say(`${what} could not be started again: ${isTrainyardError(error) ? error.what : String(error)}`);
        }
      }
      // Asked to end while it was starting.
      if (stopping) return running.stop();
      say(`${what} is back at ${running.address}`);
    }
  };
  void watch();
  return first;
}
