import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Permits, type Taken } from './slot-permits.js';

const never = new AbortController().signal;

/** What may happen to a worker's permits, in any order; a number says to which of those that it could happen to. */
const happening = fc.record({
  what: fc.constantFrom('poll', 'abort', 'eager', 'compute', 'record', 'end'),
  which: fc.nat(100),
});

test('a worker never has more nodes to compute than slots, and takes another one as soon as a slot is free', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(happening, { maxLength: 80 }), async (slots, all) => {
      const permits = new Permits(slots);
      const polls: AbortController[] = [];
      /** Permits of the polls that were let through, and not used yet. */
      let unused = 0;
      const toCompute: Taken[] = [];
      let toRecord = 0;
      for (const { what, which } of all) {
        if (what === 'poll') {
          const stop = new AbortController();
          polls.push(stop);
          const gone = (): void => void polls.splice(polls.indexOf(stop), 1);
          const given = permits.reserveSlot({}, stop.signal).then(() => unused++);
          given.then(gone, gone);
        } else if (what === 'abort') polls[which % polls.length]?.abort();
        else if (what === 'eager') unused += permits.tryReserveSlot() ? 1 : 0;
        else if (what === 'compute' && unused > 0) {
          unused--;
          toCompute.push(permits.taken());
        } else if (what === 'record' && toCompute.length > 0) {
          const [taken] = toCompute.splice(which % toCompute.length, 1);
          taken?.computed();
          taken?.computed();
          toRecord++;
        } else if (what === 'end' && toRecord > 0) {
          toRecord--;
          permits.releaseSlot();
        }
        await new Promise((turn) => setImmediate(turn));
        expect(unused + toCompute.length).toBeLessThanOrEqual(slots);
        if (polls.length > 0 && toRecord < slots) expect(unused + toCompute.length).toBe(slots);
      }
    }),
    { numRuns: 300 },
  );
});

test('a poll that is given up takes no permit, and the next one gets it', async () => {
  const permits = new Permits(1);
  await permits.reserveSlot({}, never);
  const stop = new AbortController();
  const given = permits.reserveSlot({}, stop.signal);
  const next = permits.reserveSlot({}, never);
  stop.abort();
  await expect(given).rejects.toThrow(/abort/i);
  permits.releaseSlot();
  await next;
  expect(permits.tryReserveSlot()).toBeNull();
});
