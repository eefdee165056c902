import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often a process looks whether it is at rest, ms. */
const LOOK_EVERY_MS = 5_000;
/** Shares of the time that the process computed: below the one it rests, above the other it leaves garbage. */
const AT_REST = 0.1;
const BUSY = 0.3;

/** The second time, a while later, gives back the part for the young that the first has emptied, and what was let go with it. */
const TIMES = 2;

type Collect = () => void;

/**
 * Gives memory back to the system when this process comes to rest: after its start, and after each time that it was
 * busy. V8 collects when something is asked for, so what a start leaves behind (half of a worker's heap) stays for as long as nobody
 * asks. Takes some 0.1 s, in a moment in which nothing runs. Returns what ends it.
 */
export function collectAtRest(lookEveryMs = LOOK_EVERY_MS, collect: () => void = collectAll): () => void {
  let last = performance.eventLoopUtilization();
  let left = TIMES;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const share = performance.eventLoopUtilization(now, last).utilization;
    last = now;
    if (share > BUSY) left = TIMES;
    else if (left > 0 && share < AT_REST) {
      collect();
      left -= 1;
      last = performance.eventLoopUtilization();
    }
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}

let found: Collect | undefined;

function collectAll(): void {
  if (!found) {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as Collect;
  }
  // Asked with options, Node 20 looks through the young alone.
  found();
}
