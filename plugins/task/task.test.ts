import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import { run, tableOf } from '../../tests/tables/csv-table.js';
import { CONFIDENCES, type FeasibilityFigures } from './card.js';
import { rowsFor } from './judge.js';
import { wilson } from './wilson.js';
import { cardNode, feasibilityNode } from './worker.js';

test("Wilson's interval is that of scipy", async () => {
  const { cases } = JSON.parse(await readFile(new URL('reference/scipy.json', import.meta.url), 'utf8')) as {
    cases: { k: number; n: number; confidence: (typeof CONFIDENCES)[number]; low: number; high: number }[];
  };
  for (const { k, n, confidence, low, high } of cases) {
    const [ours, above] = wilson(k / n, n, confidence);
    expect(Math.abs(ours - low) + Math.abs(above - high), `${k} of ${n} at ${confidence}`).toBeLessThan(1e-12);
  }
});

test('the rows said to be needed are the fewest that are enough', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.005, max: 0.3, noNaN: true }),
      fc.constantFrom(...CONFIDENCES),
      (share, half, confidence) => {
        const width = (n: number): number => {
          const [low, high] = wilson(share, n, confidence);
          return (high - low) / 2;
        };
        const n = rowsFor(share, half, confidence);
        expect(width(n)).toBeLessThanOrEqual(half);
        expect(n === 1 || width(n - 1) > half).toBe(true);
      },
    ),
  );
});

const penguinTask = {
  goal: 'Tell the species of a penguin from its measures',
  kind: 'multi-class',
  target: 'species',
  metric: { name: 'f1.macro', threshold: 0.9 },
  budget: { trials: 12 },
};

async function feasible(
  table: InputArtifact | string,
  task: Record<string, unknown> = {},
  params: Record<string, unknown> = {},
): Promise<FeasibilityFigures & { page: string }> {
  const card = await run(cardNode, { params: { ...penguinTask, ...task } });
  const given = typeof table === 'string' ? await tableOf(table) : table;
  const { output } = await run(feasibilityNode, { params, inputs: { card: card.output, table: given } });
  return { ...(output.value as FeasibilityFigures), page: await output.text('report.html') };
}

let penguins: InputArtifact;
beforeAll(async () => {
  penguins = await tableOf(
    await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8'),
  );
});

test('a card is its own artifact, with what the author left out filled in', async () => {
  const { output } = await run(cardNode, { params: penguinTask });
  expect(output.value).toMatchObject({
    ...penguinTask,
    metric: { name: 'f1.macro', direction: 'maximize', threshold: 0.9, precision: 0.1 },
    exclusions: [],
  });
});

test('the penguins can bear their task', async () => {
  const found = await feasible(penguins);
  expect(found).toMatchObject({ feasible: true, rows: 344, unlabelled: 0, testRows: 69 });
  expect(found.classes[2]).toEqual({ name: 'Chinstrap', rows: 68, test: 13.600000000000001 });
  expect([found.interval?.low, found.interval?.high]).toEqual(wilson(0.9, 69));
  expect(found.findings).toEqual([{ weight: 'warning', said: expect.stringMatching(/class Chinstrap has 68 rows/) }]);
  expect(found.page).toContain('f1.macro at least 0.9');
});

const rows = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

describe('a task is stopped by', () => {
  const stops = async (csv: string, task: Record<string, unknown>): Promise<string> => {
    const { feasible: ok, findings } = await feasible(`${csv}\n`, { target: 'y', ...task });
    expect(ok).toBe(false);
    return findings
      .filter(({ weight }) => weight === 'stop')
      .map(({ said }) => said)
      .join('\n');
  };
  const two = (n: number): string => `n,y\n${rows(n, (i) => `${i},${'ab'[i % 2]}`)}`;

  test('an interval that is wider than wanted, with the rows that it takes', async () => {
    const said = await stops(two(100), { metric: { name: 'accuracy', threshold: 0.9, precision: 0.05 } });
    const needed = rowsFor(0.9, 0.05, '0.95');
    expect(said).toContain(`for ±0.05 it takes ${needed} test rows, ${Math.ceil(needed / 0.2)} in all`);
  });

  test('a class that is too rare', async () => {
    expect(await stops(`n,y\n${rows(200, (i) => `${i},${i < 10 ? 'rare' : 'common'}`)}`, {})).toMatch(
      /class rare has 10 rows, so about 2.0 in the test part: too few/,
    );
  });

  test('one class, or more classes than the kind has', async () => {
    expect(await stops(`n,y\n${rows(200, (i) => `${i},a`)}`, {})).toContain('nothing to tell apart');
    expect(await stops(`n,y\n${rows(300, (i) => `${i},c${i % 3}`)}`, { kind: 'binary' })).toContain(
      'the kind would be multi-class',
    );
  });

  test('no labels at all', async () => {
    expect(await stops(`n,y\n${rows(30, (i) => `${i},`)}`, {})).toContain('no row has a y');
  });

  test('a target that is no number in a regression', async () => {
    expect(await stops(two(100), { kind: 'regression', metric: { name: 'rmse', threshold: 1 } })).toContain(
      'this is no regression',
    );
  });

  test('a threshold that no share can have', async () => {
    expect(await stops(two(300), { metric: { name: 'accuracy', threshold: 90 } })).toContain('is not from 0 to 1');
  });
});

test('a kind of task that no learner of the package takes is told, and stops nothing: a plugin may train it', async () => {
  const numbers = `n,y\n${rows(100, (i) => `${i},${i}.5`)}\n`;
  const warned = async (direction: string): Promise<string[]> => {
    const metric = { name: 'rmse', direction, threshold: 1 };
    const { feasible: ok, findings } = await feasible(numbers, { target: 'y', kind: 'regression', metric });
    expect(ok).toBe(true);
    return findings.map(({ said }) => said);
  };
  expect(await warned('minimize')).toEqual([expect.stringContaining('needs a plugin that trains it')]);
  expect(await warned('maximize')).toContainEqual(expect.stringContaining('rmse is better when smaller'));
});

test('a target that is no column is refused', async () => {
  await expect(feasible(penguins, { target: 'specis' })).rejects.toThrow(
    /task card names column "specis"[\s\S]*did you mean "species"/,
  );
});
