import { Context } from '@temporalio/activity';

/** How often Temporal hears that the work goes on, in ms: a killed worker is noticed by its silence. */
const HEARTBEAT_MS = 2000;

/** Does the work of an Activity while Temporal hears that it goes on. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
