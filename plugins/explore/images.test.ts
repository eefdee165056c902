import { expect, test } from 'vitest';
import { run, tableOf } from '../../tests/tables/csv-table.js';
import type { CategoricalProfile, Profile } from './profile.js';
import { profileNode } from './worker.js';

/** A picture of one pixel; what stands behind its end makes it another. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg';
const dot = (i: number): string => `${DOT}${String(i).padStart(4, '0')}`;

async function profiled(csv: string, options: { seed?: number; threads?: number } = {}) {
  const { output } = await run(profileNode, {
    params: { seed: options.seed ?? 0 },
    inputs: { table: await tableOf(csv) },
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const text = await output.text('report.json');
  return { text, profile: JSON.parse(text) as Profile, page: await output.text('report.html') };
}

const lines = Array.from({ length: 200 }, (_, i) => `${'ab'[i % 2]}${i % 3},${8 + (i % 2)},8,${dot(i % 190)}`);
const table = `label,width,height,image\n${lines.join('\n')}\n`;

test('a table of images has formats, sizes and a contact sheet that is drawn with the seed', async () => {
  const first = await profiled(table);
  const column = first.profile.columns.find(({ name }) => name === 'image') as CategoricalProfile;
  expect(column).toMatchObject({ distinct: 190, missing: 0, top: [], spellings: [] });
  expect(column.images?.formats).toEqual([{ value: 'png', rows: 200 }]);
  expect(column.images?.sizes).toEqual([
    { value: '8 × 8', rows: 100 },
    { value: '9 × 8', rows: 100 },
  ]);
  const pictures = column.images?.sheet.pictures ?? [];
  expect(pictures).toHaveLength(48);
  // Each picture stands beside the label of its own row.
  for (const { source, label } of pictures) {
    const [, image] = source.split('data:image/png;base64,');
    expect(lines.some((line) => line.startsWith(`${label},`) && line.endsWith(`,${image}`))).toBe(true);
    expect(first.page).toContain(`<img src="${source}"`);
  }
  expect(first.profile.warnings.map(({ columns }) => columns)).not.toContainEqual(['image']);
  expect((await profiled(table, { threads: 2 })).text).toBe(first.text);
  expect((await profiled(table, { seed: 1 })).text).not.toBe(first.text);
});

test('an image that is too large for a page is counted, not shown', async () => {
  const large = `${DOT}${'A'.repeat(100_000)}`;
  const { profile, page } = await profiled(`image,n\n${large},1\n${dot(1)},2\n`);
  const { images } = profile.columns[0] as CategoricalProfile;
  expect(images?.formats).toEqual([{ value: 'png', rows: 2 }]);
  expect(images?.sheet.pictures).toHaveLength(1);
  expect(page.length).toBeLessThan(60_000);
});

test('a column in which one value is no image has none', async () => {
  const { profile } = await profiled(`image\n${dot(1)}\n/9j/ is how a JPEG begins in base 64\nword\n`);
  expect((profile.columns[0] as CategoricalProfile).images).toBeUndefined();
});
