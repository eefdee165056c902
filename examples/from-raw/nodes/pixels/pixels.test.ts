import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { readRows, withDatabase, type TableRow } from 'trainyard/tables';
import { runNode, tableOf } from 'trainyard/testing';
import { expect, test } from 'vitest';
import { readGray } from './png.js';
import { pixelsNode } from './worker.js';

/** A gray PNG of these lines, each written by one of the format's five filters; its check sums are not set. */
function png(lines: readonly (readonly number[])[], filters: readonly number[], colour = 0): Buffer {
  const at = (y: number, x: number): number => lines[y]?.[x] ?? 0;
  const body = lines.flatMap((line, y) => [
    filters[y] ?? 0,
    ...line.map((value, x) => {
      const [left, above, corner] = [at(y, x - 1), at(y - 1, x), at(y - 1, x - 1)];
      const guess = left + above - corner;
      const nearest = [left, above, corner].reduce((a, b) => (Math.abs(guess - b) < Math.abs(guess - a) ? b : a));
      return (value - [0, left, above, Math.floor((left + above) / 2), nearest][filters[y] ?? 0]!) & 255;
    }),
  ]);
  const chunk = (kind: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(kind, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(lines[0]!.length);
  head.writeUInt32BE(lines.length, 4);
  head.set([8, colour], 8);
  const sign = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    sign,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.from(body))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('a picture is read as it was written, by whichever filters', () => {
  const image = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([width, height]) =>
    fc.tuple(
      fc.array(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: width, maxLength: width }), {
        minLength: height,
        maxLength: height,
      }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: height, maxLength: height }),
    ),
  );
  fc.assert(
    fc.property(image, ([lines, filters]) => {
      expect([...readGray(png(lines, filters)).pixels]).toEqual(lines.flat());
    }),
  );
});

const table = (image: Buffer) => tableOf([{ file: 'a.png', label: '1', image: image.toString('base64') }]);

test('each pixel is a column; a picture of another size or kind is refused', async () => {
  await using run = await runNode(pixelsNode, {
    params: { width: 2, height: 1 },
    inputs: { table: await table(png([[7, 255]], [0])) },
  });
  const path = await run.output.path('data.parquet');
  const rows = await withDatabase({}, (database) => readRows<TableRow>(database, path));
  expect(rows).toEqual([expect.objectContaining({ label: '1', p0: 7, p1: 255 })]);
  const refused = async (image: Buffer) =>
    runNode(pixelsNode, { params: { width: 2, height: 2 }, inputs: { table: await table(image) } });
  await expect(refused(png([[7, 255]], [0]))).rejects.toThrow(/2 by 1/);
  await expect(refused(png([[7, 255]], [0], 2))).rejects.toThrow(/only 8-bit gray/);
});
