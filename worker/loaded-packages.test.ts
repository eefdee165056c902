import { expect, it } from 'vitest';
import { LoadedPackages } from './loaded-packages.js';

it('code with another version of a package than a process has loaded needs another process', () => {
  const loaded = new LoadedPackages();
  expect(loaded.admit([['one', '1.0.0']])).toBe(true);
  expect(
    loaded.admit([
      ['two', '1.0.0'],
      ['one', '1.0.1'],
    ]),
  ).toBe(false);
  // What was refused was not loaded.
  expect(loaded.admit([['two', '2.0.0']])).toBe(true);
  loaded.clear();
  expect(loaded.admit([['one', '1.0.1']])).toBe(true);
});
