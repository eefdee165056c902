import { id, innerName, sql, type Database, type Sql } from '@trainyard/tables';
import type { Alike, AlikeRows } from './contract.js';
import { findSimilarTexts } from './texts.js';
import { findSimilarPictures } from './hashes.js';

/**
 * Finds rows that are nearly the same: whose rests are equal, and whose texts are similar or pictures look alike. Rows of equal content
 * are one unit, so that many copies of one cost nothing. Pairs of texts come from MinHash and are compared exactly: hardly any is overlooked (`binsOfBand`), but where more than 50 texts share
 * a band. Of hashes none is overlooked.
 */
export async function findAlike(database: Database, { rows, by, name }: AlikeRows): Promise<Alike> {
  const table = (part: string): Sql => id(innerName(`${name} ${part}`));
  const found = { units: table('units'), members: table('members'), pairs: table('pairs') };
  await database.run(
    sql`CREATE TABLE ${found.units} AS SELECT min(nth) AS unit, content, rest FROM ${rows}
        WHERE content IS NOT NULL AND content <> '' GROUP BY content, rest`,
  );
  await database.run(
    sql`CREATE TABLE ${found.members} AS SELECT r.nth, u.unit FROM ${rows} AS r JOIN ${found.units} AS u
        ON r.content = u.content AND r.rest = u.rest`,
  );
  if ('similarity' in by) await findSimilarTexts(database, found, by.similarity, table);
  else await findSimilarPictures(database, found, by.distance);
  return found;
}
