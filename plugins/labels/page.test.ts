import { expect, test } from 'vitest';
import { reviewResult, type AnswersFile } from './review-result.js';
import { MOST_ROWS, reviewPage } from './page.js';

/** The report of a review of so many rows, each answered once. */
function pageOf(items: number): string {
  const each = <T>(value: (item: number) => T): T[] => Array.from({ length: items }, (_, item) => value(item));
  const answers = {
    ...{ label: 'species', items, settled: items, answers: items, reviewers: 1, closed: 'complete', byDefault: 'keep' },
    ...{ people: [{ reviewer: 'ann', answers: items, medianMs: 900 }], pairs: 0, equalPairs: 0 },
    ...{ run: 'run', name: 'labels', queue: 'sha256-0', guideline: '', startedAt: 0, closedAt: 1 },
    finals: each((item) => ({ item, label: 'b', how: 'agreed' as const })),
    all: each((item) => ({ item, label: 'b', reviewer: 'ann', ms: 900, requestId: `r${item}`, at: 0 })),
  } as AnswersFile;
  const queue = {
    ...{ format: 1, label: 'species', labels: ['a', 'b'], columns: [] },
    items: each((item) => ({ row: `row-${item}`, given: 'a', why: ['suspect'], cells: {} })),
  } as unknown as Parameters<typeof reviewResult>[0];
  return reviewPage(reviewResult(queue, answers, items), answers);
}

const rowsIn = (page: string): number => page.match(/row-\d+/g)?.length ?? 0;

test('the report of a review drew a row for each of 20,000 items: it draws the first 500, and says where all of them are', () => {
  const page = pageOf(20_000);
  expect(rowsIn(page)).toBe(MOST_ROWS);
  expect(page).toContain('row-499');
  expect(page).not.toContain('row-500<');
  expect(page.replaceAll(/\s+/g, ' ')).toContain('The first 500 of 20,000 rows. <code>report.json</code>');
  expect(page.length).toBeLessThan(400_000);
});

test('a report of as many rows as are drawn says nothing of others', () => {
  const page = pageOf(MOST_ROWS);
  expect(rowsIn(page)).toBe(MOST_ROWS);
  expect(page).not.toContain('report.json');
});
