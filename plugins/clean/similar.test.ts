import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import type { CleanFigures, RuleInput } from './rules.js';
import { cleanTableNode } from './worker.js';

const { texts, pairs, pictures } = JSON.parse(
  await readFile(new URL('../../packages/alike/reference/alike.json', import.meta.url), 'utf8'),
) as {
  texts: string[];
  pairs: [number, number][];
  pictures: { of: number; kind: string; image: string }[];
};

async function cleaned(table: InputArtifact, rules: RuleInput[]) {
  const { outputs } = await run(cleanTableNode, { params: { rules }, inputs: { table } });
  const quarantine = await rowsOf<{ rule: string; place: number; expected: string }>(outputs['quarantine']);
  const figures = outputs['report']!.value as CleanFigures;
  return { rows: await rowsOf<{ n: number }>(outputs['table']), quarantine, figures };
}

const textTable = await tableOf(`n,text,label\n${texts.map((text, i) => `${i},${text},${'ab'[i % 2]}`).join('\n')}\n`);

test.each(['first', 'last'] as const)(
  'of similar texts the %s stays: no two of those that stay are alike',
  async (keep) => {
    const { rows, quarantine, figures } = await cleaned(textTable, [
      { rule: 'similar-texts', columns: ['text'], keep },
    ]);
    const stays = new Set(rows.map(({ n }) => n));
    expect(pairs.filter(([a, b]) => stays.has(a) && stays.has(b))).toEqual([]);
    // Each that goes is like one that stays, which comes before it, or after it.
    for (let i = 0; i < texts.length; i++) {
      const alike = pairs.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : []));
      const former = alike.filter((other) => stays.has(other) && (keep === 'first' ? other < i : other > i));
      expect(stays.has(i), `row ${i}`).toBe(former.length === 0);
    }
    expect(rows.map(({ n }) => n)).toEqual([...stays].toSorted((a, b) => a - b));
    expect(quarantine).toHaveLength(texts.length - rows.length);
    expect(quarantine[0]).toMatchObject({
      rule: 'similar-texts',
      expected: `the ${keep} of the rows whose texts are similar`,
    });
    expect(figures.rules).toMatchObject([{ rule: 'similar-texts', rowsDropped: quarantine.length, serving: false }]);
  },
);

test('similar texts of rows that differ elsewhere stay, and exact copies, however many, leave one', async () => {
  const { rows } = await cleaned(textTable, [{ rule: 'similar-texts', columns: ['text'], equal: ['label'] }]);
  const among = pairs.filter(([a, b]) => a % 2 === b % 2);
  expect(among.length).toBeLessThan(pairs.length);
  const stays = new Set(rows.map(({ n }) => n));
  expect(among.filter(([a, b]) => stays.has(a) && stays.has(b))).toEqual([]);
  const copies = await tableOf(
    `n,text\n${Array.from({ length: 200 }, (_, i) => `${i},the very same words`).join('\n')}\n`,
  );
  expect((await cleaned(copies, [{ rule: 'similar-texts', columns: ['text'] }])).rows).toMatchObject([{ n: 0 }]);
});

const pictureTable = await tableOf(
  `n,image,of\n${pictures.map(({ image, of }, i) => `${i},${image},${of}`).join('\n')}\n1000,,1\n1001,,1\n`,
);

test('of pictures that were scaled, compressed, brightened or written otherwise one stays', async () => {
  const { rows, quarantine } = await cleaned(pictureTable, [
    { rule: 'similar-pictures', column: 'image', distance: 6 },
  ]);
  const known = pictures.flatMap(({ of, kind }, i) => (kind === 'rgb' ? [{ of, n: i }] : []));
  // Rows without a picture are compared with none.
  expect(rows.map(({ n }) => n)).toEqual([...known.map(({ n }) => n), 1000, 1001]);
  expect(quarantine).toHaveLength(pictures.length - known.length);
});

test.each([
  [
    'what is no picture',
    { rule: 'similar-pictures', column: 'text' },
    /cannot read 152 pictures of column "text"[\s\S]*PNG or JPEG/,
  ],
  [
    'a column of numbers',
    { rule: 'similar-texts', columns: ['n'] },
    /"similar-texts" does not fit column "n": it holds integer/,
  ],
  [
    'a column that is not there',
    { rule: 'similar-texts', columns: ['texts'] },
    /names column "texts"[\s\S]*did you mean "text"/,
  ],
  ['a label that is not there', { rule: 'similar-texts', columns: ['text'], equal: ['lable'] }, /names column "lable"/],
] as const)('%s is refused', async (_, rule, message) => {
  await expect(cleaned(textTable, [rule as never])).rejects.toThrow(message);
});
