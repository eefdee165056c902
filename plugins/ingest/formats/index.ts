import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../core/index.js';
import type { RawText } from '@trainyard/tables';
import type { TableAsk, TakenSnapshot } from '../../../sources/index.js';
import { readCsv } from '../csv/index.js';
import type { Format } from './contract.js';
import { stack } from './stack.js';

/**
 * Reads the files of a snapshot as one table, in the order of their names, in the format that is said, else by how their
 * names end. `name` is what errors call the source.
 */
export async function readFormat(
  snapshot: TakenSnapshot,
  name: string,
  format: Format | undefined,
  { database, ctx }: TableAsk,
): Promise<RawText> {
  const files = [...snapshot.files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const parts = files.map((one, i) => ({
    name: one.name,
    read: async () => {
      const { delimiter = one.name.endsWith('.tsv') ? '\t' : ',', encoding = 'utf-8' } = format ?? {};
      const scratch = path.join(ctx.scratch, `part-${i}`);
      await mkdir(scratch, { recursive: true });
      const file = { path: await snapshot.path(one.file), name: one.name };
      return readCsv(database, file, { delimiter, encoding }, scratch);
    },
  }));
  const [first, ...more] = parts;
  if (first === undefined) throw new UserError(`the snapshot of ${name} has no file`, { where: { file: name } });
  return more.length === 0 ? first.read() : stack(database, name, parts);
}
