import { join, sql, Sql } from '@trainyard/tables/sql';

/** SQL for the index of a VARCHAR among `keys`, NULL where it is none of them: a look-up in a hash table for each row. */
export function codeOfText(text: Sql, keys: readonly string[]): Sql {
  if (keys.length === 0) return sql`NULL::INTEGER`;
  // An ENUM is written in a type's name, where only plain literals may stand.
  if (keys.every((key) => !key.includes('\0')))
    return sql`enum_code(TRY_CAST(${text} AS ENUM(${join(keys.map((key) => sql`${key}`))})))::INTEGER`;
  const cases = keys.map((key, i) => sql`WHEN ${key} THEN ${BigInt(i)}`);
  return sql`(CASE ${text} ${join(cases, ' ')} END)::INTEGER`;
}

/** The same for a DOUBLE among texts that `String` gave of numbers; 0 and -0 are one. */
export function codeOfNumber(number: Sql, keys: readonly string[]): Sql {
  const values = keys.map((key) => (String(Number(key)) === key ? Number(key) : NaN));
  const whole = values.map((value, i) => (Number.isSafeInteger(value) ? keys[i]! : undefined));
  const others = values.flatMap((value, i) =>
    Number.isNaN(value) || whole[i] !== undefined ? [] : [sql`WHEN ${number} = ${value} THEN ${BigInt(i)}`],
  );
  const isWhole = sql`${number} = trunc(${number}) AND abs(${number}) <= ${Number.MAX_SAFE_INTEGER}`;
  const text = sql`CASE WHEN ${isWhole} THEN ${number}::BIGINT::VARCHAR END`;
  // Places of keys that are no whole number hold what no whole number is written as.
  const code = whole.some((key) => key !== undefined)
    ? codeOfText(
        text,
        whole.map((key, i) => key ?? `no ${i}`),
      )
    : sql`NULL::INTEGER`;
  if (others.length === 0) return code;
  return sql`(CASE ${join(others, ' ')} ELSE ${code} END)::INTEGER`;
}

/** SQL for the element of a list of numbers at a place counted from 0; NULL where the place is NULL. */
export function elementAt(values: readonly number[], place: Sql): Sql {
  return sql`(${Sql.of(`[${values.map((value) => sql`${value}`.text).join(', ')}]::DOUBLE[]`)})[${place} + 1]`;
}
