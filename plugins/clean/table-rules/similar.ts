import type { z } from 'zod';
import { findAlike, pictureHash } from '@trainyard/alike';
import { id, innerName, join, sql, Sql, type Column, type Database } from '@trainyard/tables';
import { UserError } from '../../../core/index.js';
import { notFor } from '../not-for.js';
import { NTH } from '../place.js';
import type { similarPictures, similarTexts } from '../rules.js';
import { findColumn, type Asked, type TableRuleStep } from './contract.js';

const BATCH = 20_000;

export function similarTextsStep(rule: z.output<typeof similarTexts>, asked: Asked): TableRuleStep {
  const texts = rule.columns.map((name) => textColumn(rule.rule, asked.columns, name));
  const content = sql`concat_ws(' | ', ${join(texts.map(({ name }) => id(name)))})`;
  return similarStep(rule, asked, {
    about: texts.map(({ name }) => name),
    column: texts.length === 1 ? texts[0]!.name : null,
    content,
    by: { similarity: rule.similarity },
    expected: `the ${rule.keep} of the rows whose texts are similar`,
  });
}

export function similarPicturesStep(rule: z.output<typeof similarPictures>, asked: Asked): TableRuleStep {
  const { name } = textColumn(rule.rule, asked.columns, rule.column);
  return similarStep(rule, asked, {
    about: [name],
    // A picture is no text to show; the quarantine has the whole row.
    column: null,
    content: sql`${Sql.of(pictureHash.name)}(${id(name)})`,
    by: { distance: rule.distance },
    expected: `the ${rule.keep} of the rows whose pictures look alike`,
    check: (database, contents) => refuseUnread(database, name, contents, asked.table),
  });
}

function textColumn(rule: string, columns: readonly Column[], name: string): Column {
  const column = findColumn(rule, columns, name);
  if (column.type === 'text') return column;
  throw notFor(rule, name, `it holds ${column.type}, not text`);
}

interface Compared {
  readonly about: readonly string[];
  readonly column: string | null;
  readonly content: Sql;
  readonly by: Parameters<typeof findAlike>[1]['by'];
  readonly expected: string;
  /** Looks at the contents before they are compared. */
  readonly check?: (database: Database, contents: Sql) => Promise<void>;
}

function similarStep(
  rule: { readonly rule: string; readonly equal: readonly string[]; readonly keep: 'first' | 'last' },
  { columns, table, found }: Asked,
  { about, column, content, by, expected, check }: Compared,
): TableRuleStep {
  const equal = rule.equal.map((name) => id(findColumn(rule.rule, columns, name).name));
  const rest =
    equal.length === 0 ? sql`''` : sql`to_json([${join(equal.map((cell) => sql`(${cell})::VARCHAR`))}])::VARCHAR`;
  // Whoever is numbered first stays.
  const number = rule.keep === 'first' ? NTH : sql`-${NTH}`;
  const [contents, dropped] = [id(innerName(`${found} contents`)), id(innerName(found))];
  return {
    about: [...about, ...rule.equal],
    before: async (database) => {
      await database.define([pictureHash]);
      await database.run(
        sql`CREATE TABLE ${contents} AS SELECT ${number} AS nth, ${content} AS content, ${rest} AS rest FROM ${table}`,
      );
      await check?.(database, contents);
      const { members, pairs } = await findAlike(database, { rows: contents, by, name: found });
      await dropGreedily(database, { members, pairs, dropped, number: rule.keep === 'first' ? 1n : -1n });
      await database.run(sql`DROP TABLE ${contents}`);
    },
    drop: { failing: sql`(${NTH} IN (FROM ${dropped}))`, expected, column },
  };
}

/**
 * Makes the table of rows to drop: copies of a unit, and units that are like one that stays. In the order of the rows a unit stays
 * unless it is like one that stays already, so no two that stay were found alike, and each that goes is like one that stays.
 */
async function dropGreedily(
  database: Database,
  { members, pairs, dropped, number }: { members: Sql; pairs: Sql; dropped: Sql; number: bigint },
): Promise<void> {
  const gone = new Set<number>();
  for await (const batch of database.batches<{ a: number; b: number }>(sql`SELECT a, b FROM ${pairs} ORDER BY b, a`))
    for (const { a, b } of batch) if (!gone.has(a)) gone.add(b);
  const units = sql`(unit BIGINT)`;
  const name = innerName('units that go');
  await database.run(sql`CREATE OR REPLACE TABLE ${dropped} ${units}`);
  const all = [...gone];
  for (let at = 0; at < all.length; at += BATCH) {
    await database.insert(
      name,
      [{ name: 'unit', type: 'integer' }],
      all.slice(at, at + BATCH).map((unit) => ({ unit })),
    );
    await database.run(sql`INSERT INTO ${dropped} FROM ${id(name)}`);
  }
  await database.run(
    sql`CREATE OR REPLACE TABLE ${dropped} AS
        SELECT m.nth * ${number} AS nth FROM ${members} AS m WHERE m.nth <> m.unit OR m.unit IN (FROM ${dropped})`,
  );
}

/** Throws a UserError for pictures that cannot be compared. */
async function refuseUnread(database: Database, column: string, contents: Sql, table: Sql): Promise<void> {
  const [first] = await database.rows<{ nth: number; total: number }>(
    sql`SELECT abs(c.nth) AS nth, count(*) OVER () AS total FROM ${contents} AS c JOIN ${table} AS t ON t.${NTH} = abs(c.nth)
        WHERE c.content IS NULL AND t.${id(column)} IS NOT NULL ORDER BY 1 LIMIT 1`,
  );
  if (!first) return;
  throw new UserError(`rule "similar-pictures" cannot read ${first.total} pictures of column "${column}"`, {
    where: { column, field: 'rules', row: first.nth },
    expected: 'PNG or JPEG, whole, in base 64, of at most 16 million pixels and 64 MB unpacked',
    remedy: 'leave such rows out before, by a rule over their format, or convert them',
  });
}
