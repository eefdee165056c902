import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableRow } from '@trainyard/tables';
import type { NodeRun, RunNodeOptions } from '../../../worker/testing/index.js';
import { tablesIn } from '../table-of.test-part.js';

export const folder = mkdtempSync(join(tmpdir(), 'text-'));
const tableOf = tablesIn(folder);
export type Inputs = NonNullable<RunNodeOptions['inputs']>;

/** The names of emoji and their groups that come with the examples, in the order of the file. */
export const emoji: TableRow[] = readFileSync(
  new URL('../../../examples/from-raw/data/emoji.csv', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [, sign, quoted, plain, group] = /^([^,]*),(?:"([^"]*)"|([^,]*)),(.*)$/.exec(line)!;
    return { _row: sign!, name: quoted ?? plain!, group: group! };
  });

/** Every fifth row is for validation; of the others those that `some` keeps are trained on. */
export const tables = async (
  name: string,
  rows: readonly TableRow[],
  some: (i: number) => boolean = () => true,
): Promise<Inputs> => ({
  train: await tableOf(
    `${name}-train`,
    rows.filter((_, i) => i % 5 !== 0 && some(i)),
  ),
  validation: await tableOf(
    `${name}-validation`,
    rows.filter((_, i) => i % 5 === 0),
  ),
});

export const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number>;
