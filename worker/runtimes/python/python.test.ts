import { describe, expect, test } from 'vitest';
import { runtimeCases, runtimeProbe } from '../../testing/index.js';
import { pythonHere } from './here.test-part.js';
import { python } from './index.js';

const module = new URL('./fixtures/probe.py', import.meta.url);
const implementation = python(runtimeProbe, { module, python: pythonHere });

describe('the cases of runtimes', () => {
  for (const one of runtimeCases) test.concurrent(one.name, () => one.run({ implementation }));
});

test('what cannot be meant is refused where it is written', () => {
  const options = { module, python: pythonHere } as const;
  expect(() => python(runtimeProbe, { ...options, python: '2.7' as '3.7' })).toThrow(/3\.11/);
  expect(() => python(runtimeProbe, { ...options, function: 'a b' })).toThrow(/name of a function/);
  expect(() => python(runtimeProbe, { ...options, module: new URL('https://example.com/a.py') })).toThrow(
    /URL of a file/,
  );
  expect(() => python(runtimeProbe, { ...options, module: new URL('./a-b.py', import.meta.url) })).toThrow(
    /can import/,
  );
});
