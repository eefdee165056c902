import { expect, test } from 'vitest';
import { parseConfig } from './config.js';

test('names that a server goes by are host names, in lower case, and nothing else', () => {
  const { server } = parseConfig({ server: { hosts: ['ML.example.org', '[::1]', '10.0.0.7', '*'] } }, 'x');
  expect(server.hosts).toEqual(['ml.example.org', '[::1]', '10.0.0.7', '*']);
  for (const wrong of ['http://ml.example.org', 'ml.example.org:7400', '', 'a b'])
    expect(() => parseConfig({ server: { hosts: [wrong] } }, 'x'), wrong).toThrow(
      /server\.hosts\.0: a name without scheme/,
    );
});
