import { versionsNamed } from '../../client/data/versions.js';
import { clock, colours, print, printJson, table } from '../terminal.js';
import type { DataOptions } from './options.js';
import { openData } from './open.js';

/** `trainyard data log`. */
export async function printLog(
  config: string | undefined,
  dataset: string | undefined,
  { json }: DataOptions,
): Promise<void> {
  const { versions } = await openData(config);
  if (dataset === undefined) {
    const sets = [...versions].map(([name, all]) => ({ dataset: name, versions: all.length, latest: all.at(-1)! }));
    if (json) return printJson({ datasets: sets });
    if (sets.length === 0)
      return print('no data sets yet: a run that reads a source with ingest makes a version of one');
    const rows = sets.map(({ dataset: name, versions: count, latest }) => [
      name,
      String(count),
      latest.name,
      String(latest.rows),
      clock(latest.firstAt),
    ]);
    return print(table(['data set', 'versions', 'latest', 'rows', 'since'], rows, { right: ['versions', 'rows'] }));
  }
  const all = [...versionsNamed(versions, dataset)].reverse();
  if (json) return printJson({ dataset, versions: all });
  print(`${colours.bold(dataset)}\n`);
  const rows = all.map(({ number, name, rows: count, columns, key, firstAt, runs }) => [
    String(number),
    name,
    String(count),
    String(columns.length),
    key.length === 0 ? 'content' : key.join(', '),
    clock(firstAt),
    runs.length === 1 ? runs[0]! : `${runs[0]} and ${runs.length - 1} more`,
  ]);
  print(
    table(['', 'version', 'rows', 'columns', 'rows known by', 'first read', 'by'], rows, {
      right: ['', 'rows', 'columns'],
    }),
  );
}
