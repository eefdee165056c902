import { expect, test } from 'vitest';
import { finite, id, sql, withDatabase } from '@trainyard/tables';
import { Figures } from './figures.js';
import { Lesson } from './lesson.js';
import { cutsOf, limitsOf, momentsOf, quantilesWithin } from './numbers.js';

/** Few different values of every size, on rows that share them very unevenly; missing ones and NaN among them. */
const UNEVEN = sql`(SELECT CASE i % 97 WHEN 0 THEN NULL WHEN 1 THEN 'NaN'::DOUBLE ELSE sin(i % 13) * pow(10, (i * i) % 7 - 3) END AS x,
  (i * 7919) % 100003 AS other FROM range(20000) AS r(i))`;

const figuresOf = async (figures: Figures, x = finite(id('x'))) => ({
  limits: await limitsOf(figures, x),
  moments: await momentsOf(figures, x),
  filled: await momentsOf(figures, x, 0.1),
  quantiles: await quantilesWithin(figures, x, [0.1, 0.3, 0.5]),
  places: await quantilesWithin(
    figures,
    x,
    Array.from({ length: 41 }, (_, i) => i / 40),
  ),
  cuts: await cutsOf(figures, x, 255, 255),
  sum: await figures.sum(sql`(${x} / 100000)`),
  below: await figures.countWhere(sql`${x} < 0.5`),
});

test('figures of values that were counted once have the bits of those of all rows, and of any number of threads', async () => {
  const found: Awaited<ReturnType<typeof figuresOf>>[] = [];
  for (const threads of [1, 2])
    await withDatabase({ threads }, async (database) => {
      await database.run(sql`CREATE TABLE rows AS FROM ${UNEVEN}`);
      await database.run(sql`CREATE TABLE counted AS SELECT x, count(*) AS times FROM rows GROUP BY 1`);
      const { different } = await database.row<{ different: number }>(sql`SELECT count(*) AS different FROM counted`);
      expect(different).toBeLessThan(100);
      found.push(await figuresOf(new Figures(database, id('rows'), 20_000)));
      found.push(await figuresOf(new Figures(database, id('counted'), 20_000, id('times'))));
      // So many that each expression is ranked by a query of its own.
      const { places } = await figuresOf(new Figures(database, id('rows'), 300_000));
      expect(places).toEqual(found[0]!.places);
      const none = new Figures(database, sql`(FROM counted WHERE x IS NULL)`, 207, id('times'));
      expect(await quantilesWithin(none, finite(id('x')), [0.5])).toEqual([]);
      expect((await limitsOf(none, finite(id('x')))).missing).toBe(207);
    });
  expect(found[0]!.limits.present).toBeGreaterThan(10_000);
  for (const one of found) expect(one).toEqual(found[0]);
});

test('values of a column are counted once where many rows share them', async () => {
  await withDatabase({}, async (database) => {
    await database.run(sql`CREATE TABLE rows AS SELECT i % 50 AS x, i / 3 AS other FROM range(50000) AS r(i)`);
    const columns = (['x', 'other'] as const).map((name) => ({ name, type: 'number' as const }));
    const lesson = new Lesson(database, id('rows'), columns, 50_000, undefined, 0);
    expect(await lesson.alone('x')).not.toBe(lesson);
    expect(await lesson.alone('other'), 'nearly each row has a value of its own').toBe(lesson);
    expect((await lesson.alone('x')).rows).toBe(50_000);
    const few = new Lesson(database, sql`(FROM rows LIMIT 1000)`, columns, 1_000, undefined, 0);
    expect(await few.alone('x')).toBe(few);
  });
});
