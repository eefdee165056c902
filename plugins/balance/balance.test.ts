import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InputArtifact } from '../../core/artifact.js';
import type { Handle, SealedTable, Table } from '../../core/index.js';
import { classProbabilities, fitLogistic } from '@trainyard/numeric';
import { rowsOf, run, tableOf } from '../../tests/tables/csv-table.js';
import * as split from '../split/index.js';
import { randomSplitNode } from '../split/worker.js';
import * as balance from './index.js';
import type { RepresentationFigures, ResampleFigures, WeightFigures } from './index.js';
import { representationNode, resampleNode, weightsNode } from './worker.js';

interface Reference {
  over: Record<string, number>;
  under: Record<string, number>;
  'over half': Record<string, number>;
  'under half': Record<string, number>;
  balanced: Record<string, number>;
  rates: Record<string, number>;
  difference: number;
  ratio: number;
  reweighed: Record<string, number>;
  logistic: { x: number[][]; labels: string[]; weight: number[]; probabilities: number[][] };
}

let penguins: InputArtifact;
let reference: Reference;
beforeAll(async () => {
  penguins = await tableOf(
    await readFile(new URL('../../examples/penguins/data/penguins.csv', import.meta.url), 'utf8'),
  );
  reference = JSON.parse(await readFile(new URL('./reference/reference.json', import.meta.url), 'utf8')) as Reference;
});

interface Resampled {
  rows: Record<string, unknown>[];
  figures: ResampleFigures;
  table: InputArtifact;
}

async function resampled(table: InputArtifact, params: Record<string, unknown>, seed = 1): Promise<Resampled> {
  const { outputs } = await run(resampleNode, { params, inputs: { table }, seed });
  return {
    rows: await rowsOf(outputs['table']),
    figures: outputs['report']?.value as ResampleFigures,
    table: outputs['table']!,
  };
}

const countBy = (rows: readonly Record<string, unknown>[], column: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1;
  return counts;
};

describe('resampling', () => {
  test('has the counts of imbalanced-learn', async () => {
    for (const way of ['over', 'under'] as const)
      expect(countBy((await resampled(penguins, { label: 'species', way })).rows, 'species')).toEqual(reference[way]);
    const rows = await rowsOf(penguins);
    const binary = await tableOf(
      `n,c\n${rows.map((row, i) => `${i},${row['species'] === 'Chinstrap' ? 'yes' : 'no'}`).join('\n')}\n`,
      { schema: { columns: { n: { type: 'integer' }, c: { type: 'text' } } } },
    );
    for (const way of ['over', 'under'] as const) {
      const { rows: after } = await resampled(binary, { label: 'c', way, ratio: 0.5 });
      expect(countBy(after, 'c')).toEqual(reference[`${way} half`]);
    }
  });

  test('copies each row of a cell as often as any other, give or take one, next to it and under an identity of its own', async () => {
    const before = await rowsOf(penguins);
    const { rows, figures } = await resampled(penguins, { label: 'species', way: 'over' });
    const ids = rows.map((row) => String(row['_row']));
    expect(new Set(ids).size).toBe(rows.length);
    const origin = (id: string): string => id.replace(/~copy\d+$/, '');
    expect([...new Set(ids.map(origin))]).toEqual(before.map((row) => row['_row']));
    const cells = new Map(before.map((row) => [row['_row'], row]));
    for (const row of rows)
      expect({ ...row, _row: '' }).toEqual({ ...cells.get(origin(String(row['_row']))), _row: '' });
    const times = countBy(
      rows.map((row) => ({ id: origin(String(row['_row'])), species: row['species'] })),
      'id',
    );
    for (const species of ['Adelie', 'Chinstrap', 'Gentoo']) {
      const own = before.filter((row) => row['species'] === species).map((row) => times[String(row['_row'])]!);
      expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
    }
    expect(figures.copies).toBe(rows.length - before.length);
    expect(figures.cells.map(({ after }) => after)).toEqual([152, 152, 152]);
  });

  test('leaves rows out as the seed has it, the same each time, the others in their order', async () => {
    const one = await resampled(penguins, { label: 'species', way: 'under' });
    const again = await resampled(penguins, { label: 'species', way: 'under' });
    expect(again.table.ref.digest).toBe(one.table.ref.digest);
    expect((await resampled(penguins, { label: 'species', way: 'under' }, 2)).table.ref.digest).not.toBe(
      one.table.ref.digest,
    );
    const kept = new Set(one.rows.map((row) => row['_row']));
    expect(one.rows).toEqual((await rowsOf(penguins)).filter((row) => kept.has(row['_row'])));
  });

  test('copies and their origin stay together in a later split', async () => {
    const { table } = await resampled(penguins, { label: 'species', way: 'over', rows: { Chinstrap: 680 } });
    const { outputs } = await run(randomSplitNode, { params: { equal: 'apart' }, inputs: { table } });
    const seen = new Map<string, Set<string>>();
    for (const part of ['train', 'validation', 'test'])
      for (const row of await rowsOf(outputs[part])) {
        const origin = String(row['_row']).replace(/~copy\d+$/, '');
        seen.set(origin, (seen.get(origin) ?? new Set()).add(part));
      }
    expect(seen.size).toBe(344);
    expect([...seen.values()].every((parts) => parts.size === 1)).toBe(true);
  });

  test('evens out groups within classes, and warns of rows that are copied many times', async () => {
    const { figures } = await resampled(penguins, { label: 'species', groups: ['sex'], way: 'over' });
    expect(new Set(figures.cells.map(({ after }) => after)).size).toBe(1);
    expect(figures.cells.map(({ values }) => values.join())).toContain('Gentoo,(missing)');
    expect(figures.warnings[0]).toMatch(/^each row of Adelie, \(missing\) stands 12 times or more/);
  });

  test.each([
    [
      'a label that is no column',
      { label: 'specis', way: 'over' },
      /label names column "specis"[\s\S]*did you mean "species"/,
    ],
    [
      'a class that is not there',
      { label: 'species', way: 'over', rows: { Adeli: 200 } },
      /rows names class "Adeli"[\s\S]*Adelie/,
    ],
    [
      'copies that would be fewer',
      { label: 'species', way: 'over', rows: { Adelie: 20 } },
      /class Adelie has 152 rows[\s\S]*way: 'under'/,
    ],
    ['rows without a label', { label: 'sex', way: 'over' }, /11 rows have no label/],
    ['a label that is a group', { label: 'species', groups: ['species'], way: 'over' }, /label and a group at once/],
  ])('%s is refused', async (_name, params, message) => {
    await expect(resampled(penguins, params)).rejects.toThrow(message);
  });

  test('groups of too many values are refused', async () => {
    const table = await tableOf(`n,c\n${Array.from({ length: 1200 }, (_, i) => `${i},${i % 2}`).join('\n')}\n`);
    await expect(resampled(table, { label: 'c', groups: ['n'], way: 'over' })).rejects.toThrow(
      /c, n have 1200 different combinations[\s\S]*bin them before/,
    );
  });
});

describe('weights', () => {
  const weighed = async (
    params: Record<string, unknown>,
  ): Promise<{ rows: Record<string, unknown>[]; figures: WeightFigures }> => {
    const { outputs } = await run(weightsNode, { params, inputs: { table: penguins } });
    return { rows: await rowsOf(outputs['table']), figures: outputs['report']?.value as WeightFigures };
  };

  test('that balance classes are those of scikit-learn', async () => {
    const { rows, figures } = await weighed({ label: 'species' });
    expect(rows).toEqual(
      (await rowsOf(penguins)).map((row) => ({
        ...row,
        weight: expect.closeTo(reference.balanced[String(row['species'])]!, 12) as number,
      })),
    );
    for (const { after } of figures.cells) expect(after).toBeCloseTo(1 / 3, 12);
  });

  test('that make the label independent of a group are those of Kamiran and Calders', async () => {
    const { figures } = await weighed({ label: 'species', groups: ['sex'], way: 'independent' });
    for (const { values, weight } of figures.cells) expect(weight).toBeCloseTo(reference.reweighed[values.join()]!, 12);
    // By weight, each class has the same share in each group that has them all.
    const total = new Map<string, number>();
    for (const { values, after } of figures.cells) total.set(values[1]!, (total.get(values[1]!) ?? 0) + after);
    const shares = figures.cells
      .filter(({ values }) => values[0] === 'Gentoo' && values[1] !== '(missing)')
      .map(({ values, after }) => after / total.get(values[1]!)!);
    for (const share of shares) expect(share).toBeCloseTo(124 / 344, 12);
  });

  test('can be cut, which is told', async () => {
    const { figures } = await weighed({ label: 'species', groups: ['sex'], most: 3, column: 'w' });
    expect(Math.max(...figures.cells.map(({ weight }) => weight))).toBe(3);
    expect(figures.cut).toBe(11);
    expect(figures.effective).toBeLessThan(344);
  });

  test('a name that the table has, and weights without groups to be independent of, are refused', async () => {
    await expect(weighed({ label: 'species', column: 'Sex' })).rejects.toThrow(/has a column "sex" already/);
    await expect(weighed({ label: 'species', way: 'independent' })).rejects.toThrow(/need groups/);
  });

  test('reach the model: a logistic regression with a weight for each row is that of scikit-learn', () => {
    const { x, labels, weight, probabilities } = reference.logistic;
    const names = [...new Set(labels)].sort();
    const data = {
      rows: x.length,
      width: 2,
      features: Float64Array.from(x.flat()),
      labels: Int32Array.from(labels, (name) => names.indexOf(name)),
      weights: Float64Array.from(weight),
    };
    const fit = fitLogistic(data, { l2: 1, weights: Float64Array.of(1, 1, 1), iterations: 5000, tolerance: 1e-11 });
    const ours = classProbabilities(fit, data.features, data.rows);
    probabilities.forEach((row, i) => row.forEach((p, k) => expect(ours[i * 40 * 3 + k]!).toBeCloseTo(p, 6)));
  });
});

describe('representation', () => {
  const told = async (params: Record<string, unknown>, table = penguins): Promise<RepresentationFigures> =>
    (await run(representationNode, { params, inputs: { table } })).output.value as RepresentationFigures;

  test('has the shares, their largest difference and their ratio as fairlearn has them', async () => {
    const figures = await told({ groups: ['island'], label: 'species', positive: 'Chinstrap' });
    const [island] = figures.columns;
    expect(Object.fromEntries(island!.values.map(({ values, positive }) => [values[0], positive?.share]))).toEqual(
      Object.fromEntries(
        Object.entries(reference.rates).map(([name, rate]) => [name, expect.closeTo(rate, 12) as number]),
      ),
    );
    expect(island!.difference).toBeCloseTo(reference.difference, 12);
    expect(island!.ratio).toBeCloseTo(reference.ratio, 12);
    expect(figures.warnings.join('\n')).toMatch(/column island: Chinstrap is 55% of Dream and 0% of/);
  });

  test('counts combinations, names the smallest, those that are empty, and who is not known', async () => {
    const figures = await told({ groups: ['island', 'sex'] });
    expect(figures.positive).toBeNull();
    expect(figures.columns[1]?.missing).toBe(11);
    const { cells, empty, smallest } = figures.intersections;
    expect(cells + empty).toBe(9);
    expect(smallest[0]!.rows).toBe(Math.min(...smallest.map(({ rows }) => rows)));
    expect(smallest.reduce((sum, { rows }) => sum + rows, 0)).toBe(344);
    expect(figures.warnings.join('\n')).toMatch(/column sex is missing in 11 of 344 rows/);
    expect(figures.warnings.join('\n')).toMatch(/combinations of island, sex, \d+ have fewer than 30 rows/);
  });

  test('compares with those whom the model will meet, beyond chance', async () => {
    const even = { island: { Biscoe: 1, Dream: 1, Torgersen: 1 } };
    const { columns, warnings } = await told({ groups: ['island'], population: even });
    expect(columns[0]!.values.map(({ population }) => population)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(warnings.join('\n')).toMatch(/Biscoe is 49% of the rows and 33% of the population/);
    expect(warnings.join('\n')).not.toMatch(/Dream is/);
    await expect(told({ groups: ['island'], population: { island: { Drem: 1 } } })).rejects.toThrow(
      /"Drem"[\s\S]*Dream/,
    );
  });
});

/** Checked by the compiler alone. */
export function wiring(
  table: Handle<Table<{ species: string; sex: string; mass: number }>>,
  sealed: Handle<SealedTable>,
): void {
  const parts = split.stratified({ table, label: 'species' });
  balance.representation({ table: parts.train, groups: ['sex'], label: 'species' });
  balance.resample({ table: parts.train, label: 'species', way: 'over' });
  const weighed: Handle<Table<{ species: string; sex: string; mass: number } & { w: number }>> = balance.weights({
    table: parts.train,
    label: 'species',
    column: 'w',
  }).table;
  void weighed;
  // @ts-expect-error a part that judges
  balance.resample({ table: parts.validation, label: 'species', way: 'over' });
  // @ts-expect-error a part that judges
  balance.weights({ table: parts.validation, label: 'species' });
  // @ts-expect-error a sealed part
  balance.resample({ table: sealed, label: 'species', way: 'over' });
  // @ts-expect-error a label that is no column
  balance.resample({ table: parts.train, label: 'specis', way: 'over' });
  // @ts-expect-error neither over nor under
  balance.resample({ table: parts.train, label: 'species', way: 'smote' });
}

test('a part that judges is refused where types were left out, too', () => {
  const untyped = balance.resample as unknown as (args: object) => unknown;
  expect(() => untyped({ table: { port: 'validation', node: 'split.random' }, label: 'c', way: 'over' })).toThrow(
    /takes the training part, this is the validation part of split\.random/,
  );
});
