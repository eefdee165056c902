import { UserError } from '../../../core/index.js';
import type { RawText } from '@trainyard/tables';
import type { TableAsk, TakenSnapshot } from '../../../sources/index.js';
import { readCsv } from '../csv/index.js';
import type { Format } from './contract.js';

/** Reads the files of a snapshot as one table, in the format that is said, else by their names. */
export async function readFormat(
  snapshot: TakenSnapshot,
  format: Format | undefined,
  { database, ctx }: TableAsk,
): Promise<RawText> {
  const [first, ...more] = snapshot.files;
  if (!first || more.length > 0) throw new UserError('one file');
  const { delimiter = first.name.endsWith('.tsv') ? '\t' : ',', encoding = 'utf-8' } = format ?? {};
  return readCsv(
    database,
    { path: await snapshot.path(first.file), name: first.name },
    { delimiter, encoding },
    ctx.scratch,
  );
}
