import { expect, test } from 'vitest';
import { sayShort } from './say-short.js';

test.each([
  ['http', { url: 'https://birds.example/a/birds.csv?key=s3cret#top' }, 'https://birds.example/a/birds.csv'],
  ['http', { url: 'https://me:s3cret@birds.example:8443/birds.csv' }, 'https://birds.example:8443/birds.csv'],
  ['file', { path: 'data/what?.csv' }, 'data/what?.csv'],
  ['postgres', { query: 'SELECT 1' }, 'postgres'],
])('a source is named without what may be a secret: %s %j', (kind, options, said) => {
  expect(sayShort({ kind, options })).toBe(said);
});
