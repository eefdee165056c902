import { id, sql, type Database, type Sql } from '@trainyard/tables';
import { CLASS, PART, PLACE } from './inner.js';
import type { Share } from './place.js';

const DEALT = id('dealt units');
const BATCH = id('batch of units');

/**
 * Deals units that have rows of several classes, so that each part has nearly its share of each class: the units whose classes
 * differ most come first, and each goes to the part that lacks it most. As StratifiedGroupKFold of scikit-learn does, for parts
 * of unlike shares too: the least sum, over classes and parts, of (share of the class in the part − share of the part)².
 * Units that are alike come in the order of their places. Gives the table of places and parts.
 *
 * In memory: rows of each class in each part. Units are streamed.
 */
export async function dealByClass(database: Database, dealing: Sql, parts: readonly Share[]): Promise<Sql> {
  const totals = await database.rows<{ name: string | null; n: number }>(
    sql`SELECT ${CLASS} AS name, count(*) AS n FROM ${dealing} GROUP BY 1 ORDER BY 1 NULLS FIRST`,
  );
  const classes = totals.length;
  const at = new Map(totals.map(({ name }, index) => [name, index]));
  // [part][class]: share of the class that the part has.
  const filled = parts.map(() => new Float64Array(classes));
  await database.run(sql`CREATE TABLE ${DEALT} (${PLACE} DOUBLE, ${PART} VARCHAR)`);
  const unit = sql`(SELECT ${PLACE}, ${CLASS}, count(*) AS n FROM ${dealing} GROUP BY ${PLACE}, ${CLASS})`;
  // n²Σx² − (Σx)²: exact in whole numbers, and in the order of the standard deviations.
  const spread = sql`(${BigInt(classes)} * sum(n::HUGEINT * n) OVER (PARTITION BY ${PLACE}) - power(sum(n) OVER (PARTITION BY ${PLACE}), 2)::HUGEINT)`;
  const ordered = sql`SELECT ${PLACE} AS place, ${CLASS} AS name, n FROM (SELECT *, ${spread} AS spread FROM ${unit})
                      ORDER BY spread DESC, ${PLACE}, ${CLASS} NULLS FIRST`;
  let now: { place: number; classes: [number, number][] } | undefined;
  let done: { place: number; part: string }[] = [];
  const flush = async (): Promise<void> => {
    await database.insert(
      'batch of units',
      [
        { name: 'place', type: 'number' },
        { name: 'part', type: 'text' },
      ],
      done,
    );
    await database.run(sql`INSERT INTO ${DEALT} FROM ${BATCH}`);
    done = [];
  };
  const deal = (): void => {
    if (!now) return;
    const part = neediest(filled, parts, now.classes);
    for (const [index, share] of now.classes) filled[part]![index]! += share;
    done.push({ place: now.place, part: parts[part]!.name });
  };
  for await (const batch of database.batches<{ place: number; name: string | null; n: number }>(ordered)) {
    for (const { place, name, n } of batch) {
      if (now?.place !== place) {
        deal();
        now = { place, classes: [] };
      }
      const index = at.get(name)!;
      now.classes.push([index, n / totals[index]!.n]);
    }
    if (done.length > 50_000) await flush();
  }
  deal();
  await flush();
  return DEALT;
}

/** The part whose shares come nearest to what they should be when it takes these: the earliest of several. */
function neediest(
  filled: readonly Float64Array[],
  parts: readonly Share[],
  classes: readonly (readonly [number, number])[],
): number {
  let best = 0;
  let least = Infinity;
  parts.forEach(({ share }, part) => {
    if (share === 0) return;
    // What the sum of squares grows by: (x + d − s)² − (x − s)².
    let growth = 0;
    for (const [index, d] of classes) growth += d * (2 * (filled[part]![index]! - share) + d);
    if (growth < least) [best, least] = [part, growth];
  });
  return best;
}
