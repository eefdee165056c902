import { configDefaults, defineConfig } from 'vitest/config';

// Three kinds of test files, by their names; CONTRIBUTING.md says what belongs where, tests/house/test-kinds.test.ts holds it.
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  everyday: ['**/*.real.test.ts', '**/*.long.test.ts'],
  daily: ['**/*.long.test.ts'],
  all: [],
};
const wanted = process.env['TRAINYARD_TESTS'] ?? 'daily';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**', '**/.trainyard/**', ...(LEFT_OUT[wanted] ?? [])],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // A test file may load native libraries and start servers: a process of its own for each, two at once. The quick ones
    // share two processes: loading the same packages again would take a third of their time.
    pool: 'forks',
    poolOptions: { forks: { isolate: wanted !== 'everyday' } },
    maxWorkers: 2,
    minWorkers: 1,
  },
});
