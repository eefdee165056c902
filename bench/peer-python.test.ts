import { expect, test } from 'vitest';
import { requirementsKey } from './peer-python.js';

test('a folder of packages is known by what is required, not by what is said about it', () => {
  const key = requirementsKey(['# Optuna.\noptuna==5.0.0\nnumpy==2.4.6 # as it was\n']);
  expect(requirementsKey(['numpy==2.4.6\n\n# Said otherwise.\n', 'optuna==5.0.0'])).toBe(key);
  expect(requirementsKey(['numpy==2.4.6\noptuna==5.0.1'])).not.toBe(key);
  // A fragment of an address is no comment.
  expect(requirementsKey(['https://example.org/a.whl#sha256=1'])).not.toBe(
    requirementsKey(['https://example.org/a.whl#sha256=2']),
  );
});
