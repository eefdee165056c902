import { configDefaults, defineConfig } from 'vitest/config';

// What takes minutes, since it kills, waits and starts again with the real parts; `npm test -- --all` runs it too.
const LONG = [
  '**/*.long.test.ts',
  'tests/matrix/cache.test.ts',
  'tests/matrix/crash.test.ts',
  'tests/monitor/**',
  'tests/cli/session.test.ts',
];
const everyDay = process.env['TRAINYARD_TESTS'] !== 'all';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/dist/**', '**/.trainyard/**', ...(everyDay ? LONG : [])],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // A test file may load native libraries and start servers: a process of its own for each, two at once.
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 1,
  },
});
