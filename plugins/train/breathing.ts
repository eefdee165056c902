/** Longest time that the event loop is kept from heartbeats and cancellation, in ms. */
const BREATH_MS = 50;

/** Gives way to timers and messages when the last time is longer ago than a breath. */
export function breathing(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    last = performance.now();
  };
}
