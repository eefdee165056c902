import { id, join, openTable, requireColumn, sql, withDatabase, writeTable, type SqlFunction } from 'trainyard/tables';
import { implement, UserError } from 'trainyard/worker';
import { pixels } from './index.js';
import { readGray } from './png.js';

/** Brightness by pixel as text, `0,17,255`: a function gives one cell, which SQL takes apart. */
function reader(width: number, height: number): SqlFunction {
  return {
    name: 'gray_pixels',
    takes: ['text', 'text'],
    gives: 'text',
    run: (image: string, file: string): string => {
      const found = readGray(Buffer.from(image, 'base64'));
      if (found.width === width && found.height === height) return found.pixels.join(',');
      throw new UserError('an image has another size', {
        where: { file },
        expected: `${width} by ${height} pixels`,
        actual: `${found.width} by ${found.height}`,
      });
    },
  };
}

export const pixelsNode = implement(pixels, ({ params: { width, height }, inputs, ctx }) =>
  withDatabase(ctx, async (database) => {
    const columns = await openTable(database, 'given', inputs.table);
    for (const name of ['image', 'file']) requireColumn(columns, name, 'the table of images');
    await database.define([reader(width, height)]);
    const read = sql`SELECT * EXCLUDE (image), string_split(gray_pixels(image, file), ',') AS pixels FROM given`;
    const each = Array.from(
      { length: width * height },
      (_, i) => sql`pixels[${BigInt(i + 1)}]::DOUBLE AS ${id(`p${i}`)}`,
    );
    return writeTable(database, sql`SELECT * EXCLUDE (pixels), ${join(each)} FROM (${read})`, ctx.scratch);
  }),
);
