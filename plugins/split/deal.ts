import { type Database, id, inner, sql, type Sql } from '@trainyard/tables';
import { dealByClass } from './by-class.js';
import { CLASS, NTH, PART, PLACE, PLACES, UNIT } from './inner.js';
import { placeOf, unitOf, type Share } from './place.js';
import { bindings, BOUND_UNIT } from './together.js';

export interface Deal {
  /** What is dealt: another domain deals another way, so that a part of one split can be dealt again. */
  readonly domain: string;
  readonly seed: number;
  /** In the order of places: the first takes the lowest, so that the shares of later parts leave it as it is. */
  readonly parts: readonly Share[];
  readonly group?: string | undefined;
  /** The same shares to a row, or as near as groups allow: of each class, or of all rows where it names no column. */
  readonly exact?: { readonly label?: string | undefined } | undefined;
}

const [DEALING, SIZE, RANK] = [id('rows to deal'), inner('rows of the class'), inner('rank in the class')];

/** Makes the table `PLACES` for the table `rows`. `bound`: whether units are bound together (`bind`). */
export async function dealRows(database: Database, deal: Deal, bound: boolean): Promise<void> {
  const { exact } = deal;
  const numbered = sql`(SELECT row_number() OVER () AS ${NTH}, ${unitOf(deal.group)} AS ${UNIT},
    ${exact?.label === undefined ? sql`NULL` : sql`${id(exact.label)}::VARCHAR`} AS ${CLASS} FROM rows)`;
  const placed = bound
    ? sql`SELECT ${NTH}, ${CLASS}, ${placeOf(BOUND_UNIT, deal)} AS ${PLACE} FROM ${numbered} LEFT JOIN ${bindings} USING (${UNIT})`
    : sql`SELECT ${NTH}, ${CLASS}, ${placeOf(UNIT, deal)} AS ${PLACE} FROM ${numbered}`;
  if (exact === undefined) {
    const part = partAt(PLACE, deal.parts, (share) => sql`${share}`);
    await makePlaces(database, sql`SELECT ${NTH}, ${part} AS ${PART} FROM (${placed})`, bound);
    return;
  }
  await database.run(sql`CREATE TABLE ${DEALING} AS ${placed}`);
  // Units of several rows or classes: ranks would let their sizes decide the shares.
  if (deal.group !== undefined || (await isMixed(database))) {
    const parts = await dealByClass(database, DEALING, deal.parts);
    await makePlaces(database, sql`SELECT ${NTH}, ${PART} FROM ${DEALING} JOIN ${parts} USING (${PLACE})`, true);
  } else {
    const size = sql`count(*) OVER (PARTITION BY ${CLASS})`;
    // Rows of one unit have one place, so one rank, and one part.
    const rank = sql`rank() OVER (PARTITION BY ${CLASS} ORDER BY ${PLACE})`;
    const part = partAt(sql`${RANK} - 1`, deal.parts, (share) => sql`round(${share} * ${SIZE})`);
    await makePlaces(
      database,
      sql`SELECT ${NTH}, ${part} AS ${PART} FROM (SELECT ${NTH}, ${size} AS ${SIZE}, ${rank} AS ${RANK} FROM ${DEALING})`,
      true,
    );
  }
  await database.run(sql`DROP TABLE ${DEALING}`);
}

/** Whether there is a unit with rows of several classes. */
async function isMixed(database: Database): Promise<boolean> {
  const { mixed } = await database.row<{ mixed: number }>(
    sql`SELECT count(*) AS mixed FROM (SELECT 1 FROM ${DEALING} GROUP BY ${PLACE} HAVING min(${CLASS}) <> max(${CLASS}) LIMIT 1)`,
  );
  return mixed > 0;
}

/** Makes `PLACES` of a query of numbers and parts; `sorted` where the query does not keep the order of rows. */
export async function makePlaces(database: Database, query: Sql, sorted: boolean): Promise<void> {
  await database.run(sql`CREATE TABLE ${PLACES} AS ${query} ${sorted ? sql`ORDER BY ${NTH}` : sql``}`);
}

/** SQL for the part at a place, by the sums of the shares; the last part takes the rest. */
function partAt(place: Sql, parts: readonly Share[], upTo: (share: number) => Sql): Sql {
  let sum = 0;
  const cases = parts.slice(0, -1).map(({ name, share }) => {
    sum += share;
    return sql`WHEN ${place} < ${upTo(sum)} THEN ${name}`;
  });
  const last = parts.at(-1)?.name ?? null;
  return cases.length === 0 ? sql`${last}` : sql`CASE ${joinCases(cases)} ELSE ${last} END`;
}

function joinCases(cases: readonly Sql[]): Sql {
  return cases.reduce((all, one) => sql`${all} ${one}`, sql``);
}
