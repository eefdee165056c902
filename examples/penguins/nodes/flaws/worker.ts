import { id, openTable, requireColumn, ROW_ID, sql, TABLE_FILE, withDatabase, writeTable } from 'trainyard/tables';
import { implement, UserError } from 'trainyard/worker';
import { z } from 'zod';
import { corrupt, mended } from './index.js';

/**
 * Draws rows, and a wrong label for each, by digests of the seed and the row's identity: the same rows whatever the order
 * of the table, and on every machine.
 */
export const corruptNode = implement(corrupt, ({ params: { label, share }, inputs, ctx }) =>
  withDatabase(ctx, async (database) => {
    const columns = await openTable(database, 'given', inputs.table);
    requireColumn(columns, label, 'label');
    const [row, cell] = [id(ROW_ID), id(label)];
    const draw = (what: string) => sql`md5(${`${what} ${ctx.seed} `} || ${row})`;
    const { labelled, labels } = await database.row<{ labelled: number; labels: number }>(
      sql`SELECT count(${cell}) AS labelled, count(DISTINCT ${cell}) AS labels FROM given`,
    );
    if (labels < 2) throw new UserError('a label of one value cannot be made wrong', { where: { column: label } });
    // Of the labels in their order without the row's own, the one that its digest points at.
    const place = sql`(('0x' || substr(${draw('label')}, 1, 8))::BIGINT % ${BigInt(labels - 1)})`;
    await database.run(
      sql`CREATE TABLE flips AS
          WITH names AS (SELECT list(DISTINCT ${cell} ORDER BY ${cell}) AS names FROM given),
               drawn AS (SELECT * FROM given WHERE ${cell} IS NOT NULL
                         ORDER BY ${draw('row')}, ${row} LIMIT ${BigInt(Math.round(share * labelled))})
          SELECT ${row} AS flipped, ${cell} AS was, list_filter(names, name -> name <> ${cell})[${place} + 1] AS becomes
          FROM drawn, names`,
    );
    const path = await inputs.table.path(TABLE_FILE);
    const table = await writeTable(
      database,
      sql`SELECT given.* EXCLUDE (file_row_number) REPLACE (coalesce(becomes, ${cell}) AS ${cell})
          FROM read_parquet(${path}, file_row_number = true) AS given LEFT JOIN flips ON flipped = ${row}
          ORDER BY file_row_number`,
      ctx.scratch,
    );
    const flipped = await database.rows<{ row: string; from: string; to: string }>(
      sql`SELECT flipped AS "row", was::VARCHAR AS "from", becomes::VARCHAR AS "to" FROM flips ORDER BY flipped`,
    );
    return { table, flipped: { value: { label, share, flipped } } };
  }),
);

/** What is read of the queue that labels.reviewed gives. */
const queue = z.object({ items: z.array(z.object({ row: z.string() })) });

export const mendedNode = implement(mended, ({ inputs, ctx }) =>
  withDatabase(ctx, async (database) => {
    const { label, flipped } = inputs.flipped.value;
    const columns = await openTable(database, 'given', inputs.table);
    requireColumn(columns, label, 'label');
    const rows = await database.rows<{ row: string; label: string | null }>(
      sql`SELECT ${id(ROW_ID)} AS "row", ${id(label)}::VARCHAR AS "label" FROM given`,
    );
    const now = new Map(rows.map((one) => [one.row, one.label]));
    const asked = new Set(queue.parse(JSON.parse(await inputs.queue.text('queue.json'))).items.map(({ row }) => row));
    const shown = flipped.filter(({ row }) => asked.has(row)).length;
    const right = flipped.filter(({ row, from }) => now.get(row) === from).length;
    const share = (of: number): number => (flipped.length === 0 ? 1 : of / flipped.length);
    return {
      value: { flipped: flipped.length, shown, mended: right, shownShare: share(shown), mendedShare: share(right) },
    };
  }),
);
