import { nameOfCrash, runCrash, type CrashCase } from './crash-case.js';
import { weaveFaults } from './weave-faults.js';

/** Runs deaths of workers, a few at once on one worker that is started again each time, each a test of its own. */
export function weaveCrashes(cases: readonly CrashCase[], { atOnce }: { readonly atOnce: number }): void {
  weaveFaults({
    promise: 'a worker killed at a named point costs nothing that is in the store',
    cases,
    atOnce,
    settings: { respawn: true, heartbeat: '6 seconds' },
    run: runCrash,
    kind: 'crash',
    nameOf: nameOfCrash,
    again: (name) => `TRAINYARD_TESTS=all TRAINYARD_CRASH='${name}' npx vitest run tests/matrix/crash-few.long.test.ts`,
  });
}
