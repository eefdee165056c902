import { expect, test } from 'vitest';
import { isTrainyardError } from '@trainyard/errors';
import { parseReviewQueue, type ReviewQueue } from './review-queue.js';

const queue: ReviewQueue = {
  format: 1,
  label: 'species',
  labels: ['Adelie', 'Gentoo'],
  columns: [{ name: 'sex', type: 'text' }],
  items: [
    {
      row: 'r1',
      given: null,
      suggested: 'Gentoo',
      suggestedProbability: 0.9,
      givenProbability: null,
      why: ['unlabelled'],
      cells: { sex: null },
    },
  ],
};

test('a queue comes back as it was written', () => {
  expect(parseReviewQueue(JSON.stringify(queue))).toEqual(queue);
});

test.each([
  ['no JSON', '{'],
  ['another format', JSON.stringify({ ...queue, format: 2 })],
  ['an item without its row', JSON.stringify({ ...queue, items: [{ ...queue.items[0], row: undefined }] })],
])('%s is refused, and the message names the file', (_, text) => {
  try {
    parseReviewQueue(text);
  } catch (error) {
    if (isTrainyardError(error)) return expect(error).toMatchObject({ code: 'TY-WIRE-KIND' });
    throw error;
  }
  throw new Error('it was taken');
});
