import { CancellationScope, condition } from '@temporalio/workflow';

/** What the engine waits for, and is checked before the next answer is let in. */
const awaited = new Set<() => boolean>();
const waiting: (() => void)[] = [];
let letting = false;

/** Resolves once `fn` is true, or after so many ms. All of the engine's waiting goes through it. */
export async function when(fn: () => boolean, ms?: number): Promise<void> {
  awaited.add(fn);
  try {
    await (ms === undefined ? condition(fn) : condition(fn, ms));
  } finally {
    awaited.delete(fn);
  }
}

/** Answers are let in only while `fn` is not true: for one who waits for it again and again, by conditions of his own. */
export function goesFirst(fn: () => boolean): void {
  awaited.add(fn);
}

/**
 * Lets the answers of Local Activities into the Workflow one at a time: the next one when all that follows from the one
 * before has been done. While a Workflow runs, the SDK gives it each answer as it comes; when it is replayed, it
 * gives all that are recorded together at once. What follows from one would then mix with what follows from the next,
 * steps would be asked for in another order, and an answer could go to the step of another.
 */
export function inTurn<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    answer.then(
      (value) => enter(() => resolve(value)),
      (error: unknown) => enter(() => reject(error as Error)),
    );
  });
}

function enter(go: () => void): void {
  waiting.push(go);
  if (!letting) void CancellationScope.nonCancellable(letIn);
}

async function letIn(): Promise<void> {
  letting = true;
  for (let go = waiting.shift(); go; go = waiting.shift()) {
    go();
    await quiet();
  }
  letting = false;
}

/** Resolves when nothing goes on in the Workflow: conditions are looked at when all else has been done. */
function quiet(): Promise<void> {
  let asked = false;
  return condition(() => {
    const before = asked;
    asked = true;
    return before && ![...awaited].some((fn) => fn());
  });
}
