import { expect, test } from 'vitest';
import { clashOf, INNER, innerName, isInner, requireNames, sql, id, Database } from './index.js';

test('names that the database takes for one are found, whatever their case', () => {
  expect(clashOf(['Id', 'x', 'id'])).toEqual(['Id', 'id']);
  expect(clashOf(['a', 'b', 'a'])).toEqual(['a', 'a']);
  expect(clashOf(['a', 'b'])).toBeUndefined();
});

test('names for use inside are kept from columns, in any case', () => {
  expect(isInner(innerName('part'))).toBe(true);
  expect(isInner(`${INNER.toUpperCase()}part`)).toBe(true);
  expect(isInner('part')).toBe(false);
  expect(() => requireNames(['a', `${INNER.toUpperCase()}x`])).toThrow(/used inside queries/);
  expect(() => requireNames(['Age', 'age'])).toThrow(/"Age" and "age", which are one to the database/);
  expect(() => requireNames(['__proto__'])).toThrow(/would lose it/);
});

test('the database indeed takes names that differ by case for one, so refusing them loses nothing', async () => {
  const database = await Database.open();
  try {
    const both = sql`SELECT 1 AS ${id('a')}, 2 AS ${id('A')}`;
    expect(await database.rows(sql`SELECT ${id('A')} AS x FROM (${both})`)).toEqual([{ x: 1 }]);
  } finally {
    database.close();
  }
});
