import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Three kinds of test files, by their names; CONTRIBUTING.md says what belongs where, tests/house/test-kinds.test.ts holds it.
// `npm test` asks for the real ones and the quick ones one after the other.
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  everyday: ['**/*.real.test.ts', '**/*.long.test.ts'],
  daily: ['**/*.long.test.ts'],
};
const INCLUDED: Readonly<Record<string, string>> = { real: '**/*.real.test.ts', slow: '**/*.{real,long}.test.ts' };
const wanted = process.env['TRAINYARD_TESTS'] ?? 'daily';

/** What starts servers comes first: the quick files fill the end, when only one of the slow ones is left. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => /\.(real|long)\.test\.ts$/.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    include: [INCLUDED[wanted] ?? '**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**', '**/.trainyard/**', ...(LEFT_OUT[wanted] ?? [])],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // A test file may load native libraries and start servers: a process of its own for each, three at once on two cores,
    // since they wait for a third of their time. The quick ones wait for nothing, and share two processes: loading the same
    // packages again would take a third of their time.
    pool: 'forks',
    poolOptions: { forks: { isolate: wanted !== 'everyday' } },
    maxWorkers: wanted === 'everyday' ? 2 : 3,
    sequence: { sequencer: SlowFirst },
    setupFiles: ['tests/let-go.ts'],
    minWorkers: 1,
  },
});
