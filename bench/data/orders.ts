import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { randomFrom } from '@trainyard/numeric';

const CITIES = 'Bergen Bodø Drammen Hamar Harstad Larvik Molde Oslo Stavanger Tromsø Trondheim Ålesund'.split(' ');
const CHANNELS = ['web', 'shop', 'phone', 'agent'];
const DAYS = Array.from({ length: 1461 }, (_, day) => new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10));
/** Bytes that are written in one go. */
const PIECE = 1 << 22;

/**
 * Writes a table of orders as CSV, some 57 bytes a row; the same for the same number of rows and seed. One row of a hundred
 * has the key of an earlier one; one cell of 25 is missing where columns have gaps. Gives its size and its digest.
 */
export function writeOrders(path: string, rows: number, seed = 1): { bytes: number; sha256: string } {
  const random = randomFrom(seed);
  const digest = createHash('sha256');
  const file = openSync(path, 'w');
  let bytes = 0;
  let text = 'id,day,city,channel,age,amount,visits,score,paid\n';
  const flush = (): void => {
    const piece = Buffer.from(text);
    digest.update(piece);
    bytes += piece.length;
    writeSync(file, piece);
    text = '';
  };
  const gap = (): boolean => random.uniform() < 0.04;
  try {
    for (let row = 1; row <= rows; row++) {
      const again = row > 1 && random.uniform() < 0.01;
      const id = again ? 1 + Math.floor(random.uniform() * (row - 1)) : row;
      const day = DAYS[Math.floor(random.uniform() * DAYS.length)]!;
      const city = gap() ? '' : CITIES[Math.floor(random.uniform() ** 2 * CITIES.length)]!;
      const channel = gap() ? '' : CHANNELS[Math.floor(random.uniform() ** 2 * CHANNELS.length)]!;
      const age = gap() ? '' : 18 + Math.floor(random.uniform() * 70);
      const visits = Math.floor(-8 * Math.log(1 - random.uniform()));
      const amount = gap() ? '' : (visits * 3 + 400 * random.uniform() ** 3).toFixed(2);
      const score = (random.uniform() + random.uniform() + random.uniform() - 1.5).toFixed(4);
      const paid = random.uniform() < 0.2 + visits / 60;
      text += `${id},${day},${city},${channel},${age},${amount},${visits},${score},${paid}\n`;
      if (text.length > PIECE) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: digest.digest('hex') };
}
