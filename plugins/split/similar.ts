import { findAlike, pictureHash } from '@trainyard/alike';
import { id, join, requireColumn, sql, Sql, type Column, type Database } from '@trainyard/tables';
import { UserError } from '../../core/index.js';
import { NTH, UNIT } from './inner.js';
import { unitOf } from './place.js';
import { KEY, NEAR_ROWS, nearly, type Near } from './together.js';

const [CONTENTS] = [id('contents')];

/**
 * Makes the table `NEAR_ROWS` of rows whose texts are as similar as was asked for, or whose pictures look alike, and whose other
 * compared cells are nearly equal.
 */
export async function findSimilar(
  database: Database,
  columns: readonly Column[],
  near: Near,
  group?: string,
): Promise<void> {
  const { content, others } = near.picture === undefined ? textsOf(columns) : await pictureOf(database, columns, near);
  const rest = others.map((column) => nearly(column, near.digits));
  const other =
    rest.length === 0 ? sql`''` : sql`sha256(to_json([${join(rest.map((cell) => sql`(${cell})::VARCHAR`))}])::VARCHAR)`;
  await database.run(
    sql`CREATE TABLE ${CONTENTS} AS SELECT row_number() OVER () AS ${NTH}, ${unitOf(group)} AS ${UNIT}, ${content} AS content, ${other} AS rest FROM rows`,
  );
  if (near.picture !== undefined) await refuseUnread(database, near.picture);
  const { units, members, pairs } = await findAlike(database, {
    rows: sql`(SELECT ${NTH} AS nth, content, rest FROM ${CONTENTS})`,
    by: near.picture === undefined ? { similarity: near.similarity ?? 1 } : { distance: near.distance },
    name: 'near',
  });
  // Each pair has a key of its own; what it binds together, `bind` finds along any chain.
  const key = sql`sha256(least(x.content, y.content) || chr(0) || greatest(x.content, y.content) || chr(0) || x.rest)`;
  const alike = sql`(SELECT p.a, p.b, ${key} AS ${KEY}
                     FROM ${pairs} AS p JOIN ${units} AS x ON x.unit = p.a JOIN ${units} AS y ON y.unit = p.b)`;
  const equal = sql`(SELECT m.nth, sha256(u.content || chr(0) || u.rest) AS ${KEY}
                     FROM ${members} AS m JOIN ${units} AS u ON u.unit = m.unit
                     QUALIFY count(*) OVER (PARTITION BY m.unit) > 1)`;
  await database.run(
    sql`CREATE TABLE ${NEAR_ROWS} AS
        SELECT c.${NTH}, c.${UNIT}, k.${KEY}
        FROM (SELECT a AS nth, ${KEY} FROM ${alike} UNION ALL SELECT b, ${KEY} FROM ${alike} UNION ALL FROM ${equal}) AS k
        JOIN ${CONTENTS} AS c ON c.${NTH} = k.nth`,
  );
  await database.run(sql`DROP TABLE ${CONTENTS}`);
}

interface Compared {
  readonly content: Sql;
  readonly others: readonly Column[];
}

function textsOf(columns: readonly Column[]): Compared {
  const texts = columns.filter(({ type }) => type === 'text');
  if (texts.length === 0)
    throw new UserError('near asks for similar texts, and compares no column of text', {
      where: { field: 'near.similarity' },
      remedy: 'name one: near: { columns: [...] }, or leave out similarity',
    });
  return {
    content: sql`concat_ws(' | ', ${join(texts.map(({ name }) => id(name)))})`,
    others: columns.filter(({ type }) => type !== 'text'),
  };
}

async function pictureOf(database: Database, columns: readonly Column[], near: Near): Promise<Compared> {
  const { name, type } = requireColumn(columns, near.picture ?? '', 'near.picture');
  if (near.similarity !== undefined || type !== 'text')
    throw new UserError(
      type === 'text' ? 'near compares either texts or pictures' : `column "${name}" holds no pictures`,
      {
        where: { field: 'near.picture', column: name },
        expected: 'a column of images in base 64, and no similarity',
        actual: type === 'text' ? 'both' : type,
      },
    );
  await database.define([pictureHash]);
  // Of other columns only those count that were named.
  const others = near.columns === undefined ? [] : columns.filter((column) => column.name !== name);
  return { content: sql`${Sql.of(pictureHash.name)}(${id(name)})`, others };
}

/** Throws a UserError for pictures that cannot be compared: they would stand in any part. */
async function refuseUnread(database: Database, column: string): Promise<void> {
  const found = await database.rows<{ nth: number; total: number }>(
    sql`SELECT c.${NTH} AS nth, count(*) OVER () AS total FROM ${CONTENTS} AS c
        POSITIONAL JOIN (SELECT ${id(column)} AS image FROM rows) AS r
        WHERE c.content IS NULL AND r.image IS NOT NULL ORDER BY 1 LIMIT 1`,
  );
  const first = found[0];
  if (!first) return;
  throw new UserError(`${first.total} pictures of column "${column}" cannot be compared`, {
    where: { port: 'table', column, row: first.nth },
    expected: 'PNG or JPEG, whole, in base 64, of at most 16 million pixels and 64 MB unpacked',
    remedy: 'leave such rows out before, or split without near.picture',
  });
}
