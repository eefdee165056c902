import {
  carriedRules,
  dataColumns,
  id,
  inner,
  join as joined,
  openTable,
  requireColumn,
  sql,
  withDatabase,
  writeTable,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { implement, type InputArtifact } from '../../worker/index.js';
import { join, type JoinFigures } from './contract.js';
import { joinPage } from './page.js';

const [NTH, FOUND] = [inner('row number'), inner('found')];
const [SHOWN, HALF] = [5, 0.5];

export const joinNode = implement(join, async ({ params, inputs, ctx }) => {
  const { unmatched, prefix = '' } = params;
  refuseOtherRules(inputs);
  return withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, async (database) => {
    const [left, right] = [
      await openTable(database, 'rows', inputs.table),
      await openTable(database, 'others', inputs.other),
    ];
    const keys = Object.entries(params.on).map(([name, other]) => ({
      own: requireColumn(left, name, 'on'),
      other: requireColumn(right, other, 'on, for the other table,'),
    }));
    for (const { own, other } of keys) refuseOtherTypes(own, other);
    const otherKeys = keys.map(({ other }) => other.name);
    await refuseRepeats(database, otherKeys);
    const added = (
      params.columns ??
      dataColumns(right)
        .map(({ name }) => name)
        .filter((name) => !otherKeys.includes(name))
    ).map((name) => ({ name: requireColumn(right, name, 'columns').name, as: `${prefix}${name}` }));
    refuseTaken(left, added, prefix);
    // Numbered, since a join keeps no order.
    const numbered = sql`(SELECT row_number() OVER () AS ${NTH}, * FROM rows)`;
    const on = joined(
      keys.map(({ own, other }) => sql`a.${id(own.name)} = b.${id(other.name)}`),
      ' AND ',
    );
    const cells = added.map(({ name, as }) => sql`b.${id(name)} AS ${id(as)}`);
    const partnered = (rest: readonly Sql[]): Sql =>
      sql`SELECT ${joined([sql`a.*`, ...rest])} FROM ${numbered} AS a LEFT JOIN (SELECT TRUE AS ${FOUND}, * FROM others) AS b ON ${on}`;
    const figures = await count(
      database,
      keys,
      partnered([sql`b.${FOUND}`]),
      on,
      added.map(({ as }) => as),
    );
    if (figures.unmatched > 0 && unmatched === 'refuse')
      throw new UserError(`${figures.unmatched} of ${figures.rows} rows have no partner in the other table`, {
        where: { port: 'other', column: otherKeys[0] },
        expected: 'a partner for each row',
        actual: figures.examples.map(({ key, rows }) => `${key.join(', ')} (${rows} rows)`).join('; '),
        remedy: "add the missing rows, or leave out unmatched: 'refuse', which keeps such rows with missing cells",
      });
    const table = await writeTable(
      database,
      sql`SELECT * EXCLUDE (${NTH}) FROM (${partnered(cells)}) ORDER BY ${NTH}`,
      ctx.scratch,
      'table',
      { rules: carriedRules(inputs.table) },
    );
    return {
      table,
      report: {
        value: figures,
        files: { 'report.html': joinPage(figures, params.on), 'report.json': `${JSON.stringify(figures)}\n` },
      },
    };
  });
});

type Keys = readonly { readonly own: Column; readonly other: Column }[];

async function count(
  database: Database,
  keys: Keys,
  partnered: Sql,
  on: Sql,
  columns: readonly string[],
): Promise<JoinFigures> {
  const { rows, matched } = await database.row<{ rows: number; matched: number }>(
    sql`SELECT count(*) AS rows, count(${FOUND}) AS matched FROM (${partnered})`,
  );
  const own = keys.map(({ own: { name } }) => sql`coalesce(${id(name)}::VARCHAR, '(missing)')`);
  const examples = await database.rows<{ key: string; n: number }>(
    sql`SELECT to_json([${joined(own)}])::VARCHAR AS key, count(*) AS n FROM (${partnered}) WHERE ${FOUND} IS NULL
        GROUP BY 1 ORDER BY n DESC, key LIMIT ${BigInt(SHOWN)}`,
  );
  const other = await database.row<{ rows: number; unused: number }>(
    sql`SELECT count(*) AS rows, count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM rows AS a WHERE ${on})) AS unused FROM others AS b`,
  );
  return {
    rows,
    matched,
    unmatched: rows - matched,
    examples: examples.map(({ key, n }) => ({ key: JSON.parse(key) as string[], rows: n })),
    other,
    columns: [...columns],
    warnings:
      rows > 0 && matched < HALF * rows
        ? [
            `only ${matched} of ${rows} rows have a partner: are ${keys.map(({ own: { name } }) => name).join(', ')} written alike in both tables?`,
          ]
        : [],
  };
}

/** Throws a UserError for keys of unlike type: `1` and `'1'` are never equal, and 7 and 7.0 only by chance. */
function refuseOtherTypes(own: Column, other: Column): void {
  if (own.type === other.type) return;
  throw new UserError(`the keys "${own.name}" and "${other.name}" are of different types`, {
    where: { field: 'on', column: own.name },
    expected: `${own.type} in both tables`,
    actual: `${own.type} and ${other.type}`,
    remedy: 'give both one type in the schema where they are ingested',
  });
}

/** Throws a UserError for a key that two rows of the other table have: each row would have two partners, and become two. */
async function refuseRepeats(database: Database, keys: readonly string[]): Promise<void> {
  const cells = keys.map(id);
  const there = joined(
    cells.map((cell) => sql`${cell} IS NOT NULL`),
    ' AND ',
  );
  const repeated = await database.rows<{ key: string; n: number }>(
    sql`SELECT to_json([${joined(cells.map((cell) => sql`${cell}::VARCHAR`))}])::VARCHAR AS key, count(*) AS n
        FROM others WHERE ${there} GROUP BY 1 HAVING count(*) > 1 ORDER BY n DESC, key LIMIT ${BigInt(SHOWN)}`,
  );
  if (repeated.length === 0) return;
  throw new UserError(`several rows of the other table have one ${keys.join(', ')}: rows would be multiplied`, {
    where: { port: 'other', column: keys[0] },
    expected: 'each key once in the other table',
    actual: repeated.map(({ key, n }) => `${(JSON.parse(key) as string[]).join(', ')} (${n} rows)`).join('; '),
    remedy: 'name more columns in on, or make one row of each key before',
  });
}

/** Throws a UserError for a new column under a name that the table has. */
function refuseTaken(left: readonly Column[], added: readonly { readonly as: string }[], prefix: string): void {
  const names = new Map(left.map(({ name }) => [name.toLowerCase(), name]));
  const taken = added.find(({ as }) => names.has(as.toLowerCase()));
  if (!taken) return;
  throw new UserError(`both tables have a column "${names.get(taken.as.toLowerCase())}"`, {
    where: { field: prefix === '' ? 'columns' : 'prefix', column: taken.as },
    expected: 'new names',
    remedy: "say prefix: 'other_', or name the columns that are to be added",
  });
}

/** Throws a UserError where the other table was cleaned by other rules: they could not be told from those of the table. */
function refuseOtherRules({ table, other }: { readonly table: InputArtifact; readonly other: InputArtifact }): void {
  const said = JSON.stringify(carriedRules(other));
  if (said === '[]' || said === JSON.stringify(carriedRules(table))) return;
  throw new UserError('the other table was cleaned by rules that requests to a model could not be taken through', {
    where: { port: 'other' },
    expected: 'a table as it was read',
    actual: carriedRules(other)
      .map(({ rule }) => rule)
      .join(', '),
    remedy: 'join first, and clean what comes out: clean.table({ table: joined.table, rules })',
  });
}
