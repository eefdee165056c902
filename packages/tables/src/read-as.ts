import type { ColumnType } from './schema.js';
import { sql, type Sql } from './sql.js';

const WHOLE = Number.MAX_SAFE_INTEGER;

/** What a text must be to be read as a type, in words. */
export const SAID: Readonly<Record<ColumnType, string>> = {
  number: 'a finite number, with a point for the fraction; a whole one no larger than a double holds exactly',
  integer: `a whole number within ±${WHOLE}`,
  text: 'text',
  boolean: 'true or false (also yes, no, 1, 0)',
  timestamp: 'a time such as 2024-02-29T12:30:00Z, to the microsecond',
  date: 'a date such as 2024-02-29 that exists',
};

/** SQL that reads text as a double, infinities included: NULL where it is none. */
export function readNumber(text: Sql): Sql {
  return sql`(CASE WHEN contains(${text}, '_') THEN NULL ELSE try_cast(${text} AS DOUBLE) END)`;
}

/**
 * SQL that reads text as a type that was asked for: NULL where it is not of that type, or where its value would change.
 * Where many columns are read, give what `readNumber` found as a column: nested expressions make wide queries slow to
 * plan.
 */
export function readAs(type: ColumnType, text: Sql, number: Sql = readNumber(text)): Sql {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      // Digits alone beyond 2^53 name a thing more often than they measure one: they stay exact or are refused.
      return sql`(CASE WHEN isfinite(${number}) AND (abs(${number}) <= ${WHOLE} OR ${exactWhole(text, number)}) AND ${notMadeZero(text, number)}
                   THEN ${number} END)`;
    case 'integer':
      return sql`(CASE WHEN ${number} = trunc(${number}) AND abs(${number}) <= ${WHOLE}
                        AND ${notMadeZero(text, number)} AND (NOT contains(${text}, '.') OR regexp_matches(${text}, '\\.0*\\s*$|[eE]')) THEN ${number}::BIGINT END)`;
    case 'boolean':
      return sql`(CASE WHEN lower(${text}) IN ('true', 't', 'yes', 'y', '1') THEN true
                       WHEN lower(${text}) IN ('false', 'f', 'no', 'n', '0') THEN false END)`;
    case 'date':
      return sql`(CASE WHEN regexp_full_match(${text}, '\\d{4}-\\d\\d-\\d\\d') THEN try_cast(${text} AS DATE) END)`;
    case 'timestamp':
      // A time without a zone is taken as UTC: the session's zone. The database would cut what is beyond microseconds.
      return sql`(CASE WHEN regexp_full_match(${text}, '\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6}0*)?)?\\s*([A-Za-z+-].*)?)?')
                       THEN try_cast(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END)`;
  }
}

/** SQL for whether a number that is zero is written as zero: 1e-400 is none, though a double makes it one. */
function notMadeZero(text: Sql, number: Sql): Sql {
  return sql`(${number} <> 0 OR NOT regexp_matches(${text}, '^[^eE]*[1-9]'))`;
}

/** SQL for whether a text of a large number is not digits alone, or is exactly the double that it becomes. */
function exactWhole(text: Sql, number: Sql): Sql {
  return sql`(NOT regexp_full_match(${text}, '\\s*[+-]?\\d+\\s*')
              OR coalesce(try_cast(${number} AS HUGEINT) = try_cast(${text} AS HUGEINT), false))`;
}
