import { expect, test } from 'vitest';
import { id, sql, withDatabase } from '@trainyard/tables';
import { stepOf, stepsOver } from './steps.js';

test('parts of several columns, found by halving, are those of nested conditions', async () => {
  await withDatabase({ threads: 2 }, async (database) => {
    await database.run(
      sql`CREATE TABLE rows AS SELECT i, CASE WHEN i % 11 = 0 THEN NULL ELSE sin(i) * pow(10, i % 5) END AS a,
            (i * 7919 % 1009)::DOUBLE AS b FROM range(5000) AS r(i)`,
    );
    const a = Array.from({ length: 300 }, (_, i) => (i - 150) ** 3 / 100);
    for (const [first, second] of [
      [a, [500]],
      [[0], []],
      [a.slice(0, 256), [0, 1, 2, 1008]],
    ] as const) {
      const leaves = (edges: readonly number[]): number[] => Array.from({ length: edges.length + 1 }, (_, i) => i / 2);
      const columns = [
        { x: id('a'), edges: first, leaves: leaves(first), as: id('p') },
        { x: id('b'), edges: second, leaves: leaves(second), as: id('q') },
      ];
      const found = await database.rows(await stepsOver(database, sql`rows`, columns));
      const leaf = (part: number) => sql`${part / 2}`;
      expect(found).toEqual(
        await database.rows(
          sql`SELECT ${stepOf(id('a'), first, leaf)} AS p, ${stepOf(id('b'), second, leaf)} AS q FROM rows`,
        ),
      );
      expect(found.filter(({ p }) => p === null)).toHaveLength(455);
    }
  });
});
