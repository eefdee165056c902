import { expect, test } from 'vitest';
import { realPartsOf, testFiles } from './test-kinds.js';

/** The one quick test that uses a real part: the thin road through all of the engine. */
const ROAD = 'tests/engine/road.test.ts';

const isQuick = (file: string): boolean => !/\.(real|long)\.test\.ts$/.test(file);

test('a test that uses real parts says so in its name, NAME.real.test.ts: the everyday tests need only the packages', () => {
  const wrong = testFiles
    .filter((file) => isQuick(file) && file !== ROAD)
    .map((file) => ({ file, uses: [...new Set(realPartsOf(file))] }))
    .filter(({ uses }) => uses.length > 0);
  expect(wrong).toEqual([]);
});

test('real parts are seen, in the file itself and through what it imports', () => {
  expect(realPartsOf(ROAD)).toContain('setup/index.ts');
  expect(realPartsOf('tests/matrix/resume.real.test.ts')).toContain('setup/index.ts');
  expect(realPartsOf('tests/cli/help.real.test.ts')).toContain('tests/cli/harness.ts');
});
