import {
  finite,
  id,
  numberStatistics,
  spellingsOf,
  sql,
  type Column,
  type Database,
  type Sql,
} from '@trainyard/tables';
import { kindOf, type CategoricalProfile, type ColumnProfile, type Histogram, type NumericProfile } from './profile.js';

const BINS = 24;
const TOP = 8;
/** The most values among which spellings of one are looked for: of more, nobody chooses. */
const SPELLED = 1000;

/** Profiles one column of a table. */
export async function profileColumn(database: Database, table: Sql, column: Column): Promise<ColumnProfile> {
  const { name, type } = column;
  const cell = id(name);
  const base = await database.row<{ rows: number; missing: number; distinct: number }>(
    sql`SELECT count(*) AS rows, count(*) - count(${cell}) AS missing, count(DISTINCT ${cell}) AS distinct FROM ${table}`,
  );
  const any = { name, type, ...base };
  switch (kindOf(column)) {
    case 'numeric':
      return { ...any, ...(await numbers(database, table, cell)) };
    case 'categorical':
      return { ...any, ...(await categories(database, table, cell, base.distinct)) };
    case 'time': {
      const limits = await database.row<{ min: string | null; max: string | null }>(
        sql`SELECT min(${cell}) AS min, max(${cell}) AS max FROM ${table}`,
      );
      const ms = sql`epoch_ms(${cell}::TIMESTAMP)::DOUBLE`;
      return { ...any, kind: 'time', ...limits, histogram: await histogram(database, table, ms) };
    }
  }
}

async function numbers(
  database: Database,
  table: Sql,
  cell: Sql,
): Promise<Omit<NumericProfile, 'name' | 'type' | 'rows' | 'missing' | 'distinct'>> {
  const found = await numberStatistics(database, table, cell, [0.25, 0.5, 0.75]);
  const [first = 0, median = 0, third = 0] = found.quantiles;
  return {
    kind: 'numeric',
    mean: found.mean,
    deviation: found.sampleDeviation,
    skewness: found.skewness,
    min: found.min,
    quartiles: [first, median, third],
    max: found.max,
    histogram: await histogram(database, table, finite(cell)),
  };
}

async function categories(
  database: Database,
  table: Sql,
  cell: Sql,
  distinct: number,
): Promise<Pick<CategoricalProfile, 'kind' | 'top' | 'spellings' | 'length'>> {
  const top = await database.rows<{ value: string; rows: number }>(
    sql`SELECT ${cell}::VARCHAR AS value, count(*) AS rows FROM ${table} WHERE ${cell} IS NOT NULL
        GROUP BY 1 ORDER BY rows DESC, value LIMIT ${BigInt(TOP)}`,
  );
  const { shortest, longest } = await database.row<{ shortest: number | null; longest: number | null }>(
    sql`SELECT min(length(${cell}::VARCHAR)) AS shortest, max(length(${cell}::VARCHAR)) AS longest FROM ${table}`,
  );
  const values =
    distinct > SPELLED
      ? []
      : await database.rows<{ value: string }>(
          sql`SELECT DISTINCT ${cell}::VARCHAR AS value FROM ${table} WHERE ${cell} IS NOT NULL ORDER BY value`,
        );
  const spellings = spellingsOf(values.map(({ value }) => value));
  return { kind: 'categorical', top, spellings, length: [shortest ?? 0, longest ?? 0] };
}

/** Counts in bins of equal width; one bin where all values are equal, none where there are none. */
async function histogram(database: Database, table: Sql, x: Sql): Promise<Histogram> {
  const { min, max } = await database.row<{ min: number | null; max: number | null }>(
    sql`SELECT min(${x}) AS min, max(${x}) AS max FROM ${table}`,
  );
  if (min === null || max === null) return { from: 0, width: 0, counts: [] };
  // Halved before they are subtracted: the range of extreme values would not be finite.
  const half = max / 2 - min / 2;
  const share = sql`((${x} / 2 - ${min / 2}) / ${half === 0 ? 1 : half})`;
  const bins = half === 0 ? 1 : BINS;
  const counted = await database.rows<{ bin: number; rows: number }>(
    sql`SELECT least(floor(${share} * ${bins}), ${bins - 1}) AS bin, count(*) AS rows FROM ${table}
        WHERE ${x} IS NOT NULL GROUP BY 1 ORDER BY 1`,
  );
  const counts = Array.from({ length: bins }, () => 0);
  for (const { bin, rows } of counted) counts[bin] = rows;
  return { from: min, width: (half / bins) * 2, counts };
}
