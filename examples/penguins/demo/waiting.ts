/** Longest wait for drift to be found and answered. */
const LOOP_MS = 300_000;

/** Ctrl-C. */
export class Interrupted extends Error {}

/** Waits until something is so. */
export async function waitFor(what: string, signal: AbortSignal, ready: () => Promise<boolean>): Promise<void> {
  await waitForValue(what, signal, async () => ((await ready()) ? true : undefined));
}

/** Asks again until there is an answer; a server that is just being started again is waited for. */
export async function waitForValue<T>(
  what: string,
  signal: AbortSignal,
  ask: () => Promise<T | undefined>,
  limitMs = LOOP_MS,
): Promise<T> {
  const start = Date.now();
  let problem = '';
  while (!signal.aborted) {
    const value = await ask().catch((error: unknown) => void (problem = String(error)));
    if (value !== undefined) return value;
    if (Date.now() - start > limitMs)
      throw new Error(`waited ${Math.round(limitMs / 1000)} s for ${what}${problem ? `: ${problem}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Interrupted();
}
