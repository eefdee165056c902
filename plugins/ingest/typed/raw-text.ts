import { join, rawColumn, sql, type RawText, type RecordPlace, type Sql } from '@trainyard/tables';

export {
  rawColumn,
  rawName,
  RECORD,
  RECORD_NAME,
  type RawColumn,
  type RawText,
  type RecordPlace,
} from '@trainyard/tables';

/** SQL for a column's text, missing where it is one of the texts that stand for it. */
export function textOf({ columns }: RawText, index: number, missing: readonly string[]): Sql {
  const cell = rawColumn(index);
  if (columns[index]?.type !== undefined) return sql`${cell}::VARCHAR`;
  if (missing.length === 0) return cell;
  return sql`(CASE WHEN ${cell} IN (${join(missing.map((one) => sql`${one}`))}) THEN NULL ELSE ${cell} END)`;
}

/** Where a record stands, in words. */
export function sayPlace(place: RecordPlace | undefined, record: number): string {
  const at = place?.line === undefined ? `record ${record}` : `line ${place.line}`;
  return place?.file === undefined ? at : `${place.file}, ${at}`;
}
