import { readNonFinite, sql, type ColumnType, type Sql } from '@trainyard/tables';

/**
 * What a cell's text is evidence of. A text is a type's own when the value can be told back from it, so `007`, `+4`,
 * `0x10`, `1_000`, ` 5` and twenty digits are no numbers, `yes` is no boolean, and a day that does not exist no date.
 */
export const EVIDENCE = [
  /** A whole number within ±(2^53 - 1), without sign plus, leading zeros or exponent. */
  'integer',
  /** A number with a point, or with a signed exponent: nothing but a number is written so. */
  'decimal',
  /** A number such as `1e5`, which may as well be an identifier. */
  'exponent',
  /** NaN, or an infinite number. */
  'nonFinite',
  /** `true` or `false`. */
  'boolean',
  /** A day that exists, as `2024-02-29`. */
  'date',
  /** A time of a day without a zone, to the microsecond; with one. */
  'local',
  'zoned',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** How an undeclared column is read. */
export interface Inferred {
  readonly type: ColumnType;
  /** Of a timestamp: whether all of its texts have a zone. None has one otherwise. */
  readonly zoned?: boolean | undefined;
}

const WHOLE = Number.MAX_SAFE_INTEGER;
const NUMBER = '-?((0|[1-9]\\d*)(\\.\\d+)?|\\.\\d+)([eE][+-]?\\d+)?';
const TIME = '\\d{4}-\\d\\d-\\d\\d[T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?';
const ZONE = ' ?(Z|[+-]\\d\\d(:?\\d\\d)?)';

/**
 * SQL for the value of a text that is a type's own: NULL for any other. `number`: the text as a double (`readDouble`), where it
 * stands as a column: the database would read it anew at each place.
 */
export function ownValue({ type, zoned }: Inferred, text: Sql, number?: Sql): Sql {
  switch (type) {
    case 'text':
      return text;
    case 'integer':
      return ownInteger(text);
    case 'number':
      return sql`coalesce(${ownNumber(text, number)}, ${readNonFinite(text)})`;
    case 'boolean':
      return sql`(CASE ${text} WHEN 'true' THEN true WHEN 'false' THEN false END)`;
    case 'date':
      return ownDate(text);
    case 'timestamp':
      return zoned ? ownZoned(text) : ownLocal(text);
  }
}

/** SQL for what the database makes of a text as a double. */
export function readDouble(text: Sql): Sql {
  return sql`try_cast(${text} AS DOUBLE)`;
}

/** SQL for whether a text, which is not missing, is evidence of this kind. */
export function isEvidence(kind: Evidence, text: Sql): Sql {
  const telling = sql`regexp_matches(${text}, '\\.|[eE][+-]')`;
  switch (kind) {
    case 'integer':
      return sql`${ownInteger(text)} IS NOT NULL`;
    case 'decimal':
      return sql`${ownNumber(text)} IS NOT NULL AND ${telling}`;
    case 'exponent':
      return sql`contains(lower(${text}), 'e') AND ${ownNumber(text)} IS NOT NULL AND NOT ${telling}`;
    case 'nonFinite':
      return sql`${readNonFinite(text)} IS NOT NULL`;
    case 'local':
      return sql`length(${text}) > 10 AND ${ownValue({ type: 'timestamp' }, text)} IS NOT NULL`;
    case 'zoned':
      return sql`${ownValue({ type: 'timestamp', zoned: true }, text)} IS NOT NULL`;
    case 'boolean':
    case 'date':
      return sql`${ownValue({ type: kind }, text)} IS NOT NULL`;
  }
}

function ownInteger(text: Sql): Sql {
  const whole = sql`try_cast(${text} AS BIGINT)`;
  return sql`(CASE WHEN ${whole}::VARCHAR = ${text} AND ${whole} BETWEEN ${-SAFE} AND ${SAFE} THEN ${whole} END)`;
}

const SAFE = BigInt(WHOLE);

/**
 * A number keeps what its text says: not beyond a double, not rounded to zero, whole digits all there. The first branch
 * settles nearly all, by one expression and one cast.
 */
function ownNumber(text: Sql, number: Sql = readDouble(text)): Sql {
  return sql`(CASE WHEN NOT regexp_full_match(${text}, ${NUMBER}) THEN NULL
                    WHEN abs(${number}) <= ${WHOLE} AND ${number} <> 0 THEN ${number}
                    WHEN isfinite(${number}) AND (abs(${number}) <= ${WHOLE} OR regexp_matches(${text}, '[eE]'))
                    AND (${number} <> 0 OR NOT regexp_matches(${text}, '^[^eE]*[1-9]')) THEN ${number} END)`;
}

/** A day is its first moment. */
function ownLocal(text: Sql): Sql {
  return sql`(CASE WHEN length(${text}) = 10 THEN ${ownDate(text)}::TIMESTAMP
                   WHEN regexp_full_match(${text}, ${TIME}) THEN try_cast(${text} AS TIMESTAMP) END)`;
}

/** The database takes a zone only after seconds. */
function ownZoned(text: Sql): Sql {
  const whole = sql`CASE WHEN substr(${text}, 17, 1) = ':' THEN ${text} ELSE substr(${text}, 1, 16) || ':00' || substr(${text}, 17) END`;
  return sql`(CASE WHEN regexp_full_match(${text}, ${TIME + ZONE}) THEN try_cast(${whole} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END)`;
}

function ownDate(text: Sql): Sql {
  return sql`(CASE WHEN try_cast(${text} AS DATE)::VARCHAR = ${text} AND length(${text}) = 10 THEN try_cast(${text} AS DATE) END)`;
}
