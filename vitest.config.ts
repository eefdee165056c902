import { configDefaults, defineConfig } from 'vitest/config';

// Long tests are `NAME.long.test.ts`: `npm test -- --all` runs them too.
const long = process.env['TRAINYARD_TESTS'] === 'all' ? [] : ['**/*.long.test.ts'];

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**', '**/.trainyard/**', ...long],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A test file may load native libraries and start servers: a process of its own for each, two at once.
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 1,
  },
});
