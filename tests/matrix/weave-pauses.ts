import { nameOfPause, OTHER_POOL, runPause, type PauseCase } from './pause-case.js';
import { weaveFaults } from './weave-faults.js';

/** Runs failures that wait for an operator, many at once on one worker, each a test of its own. */
export function weavePauses(cases: readonly PauseCase[], { atOnce }: { readonly atOnce: number }): void {
  weaveFaults({
    promise: 'a failed node that waits does what an operator decides, in this run and in those that resume it',
    cases,
    atOnce,
    settings: { otherPool: OTHER_POOL },
    run: runPause,
    kind: 'pause',
    nameOf: nameOfPause,
    again: (name) => `TRAINYARD_CASE='${name}' npx vitest run tests/matrix/pause.real.test.ts`,
  });
}
