import { connectNow } from '../../client/reader.js';
import { intervalsOf, standingAt, type Interval } from '../../client/registry/intervals.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { clock, print, printJson, table } from '../terminal.js';
import { inTime, numberOf } from './print-models.js';

export interface HistoryOptions {
  readonly at?: string;
  readonly alias?: string;
  readonly of?: string;
  readonly most: string;
  readonly json?: boolean;
}

/** `trainyard models history`: with `--at`, which version an alias stood at then. */
export async function printHistory(
  config: string | undefined,
  name: string,
  { at, alias, of, most, json = false }: HistoryOptions,
): Promise<void> {
  const moment = at === undefined ? undefined : momentOf(at);
  const ask = { alias, version: numberOf('--of', of), most: numberOf('--most', most) };
  const client = await connectNow(await loadConfig(config));
  try {
    if (moment) {
      const asked = alias ?? 'champion';
      const found = await inTime(client, () => standingAt(client, name, asked, moment));
      if (json) return printJson({ model: name, alias: asked, at: moment.toISOString(), interval: found ?? null });
      if (!found) return print(`${name}: ${asked} stood nowhere at ${moment.toISOString()}`);
      return printOne(name, moment, found);
    }
    const intervals = await inTime(client, () => intervalsOf(client, name, ask));
    if (json) return printJson({ model: name, intervals });
    if (intervals.length === 0) return print(`${name}: no alias has stood anywhere that was asked for`);
    const rows = intervals.map((one) => [
      one.alias,
      String(one.version),
      clock(one.from),
      one.until === null ? 'now' : clock(one.until),
      one.by,
      one.why,
    ]);
    print(table(['alias', 'version', 'from', 'until', 'by', 'why'], rows, { right: ['version'] }));
  } finally {
    await client.close();
  }
}

function printOne(
  name: string,
  moment: Date,
  { alias, version, from, until, what, by, why, evidence, line }: Interval,
): void {
  print(`${name} version ${version} was ${alias} at ${moment.toISOString()}\n`);
  print(
    table(
      ['', ''],
      [
        ['from', from],
        ['until', until ?? 'now'],
        [what, `by ${by}: ${why}`],
        [
          'evidence',
          evidence === null ? 'with the version: trainyard models ' + `${name} ${version}` : JSON.stringify(evidence),
        ],
        ['line', String(line)],
      ],
    ),
  );
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw new TrainyardError('TY-USAGE', {
    what: `${JSON.stringify(text)} is no moment`,
    where: { field: '--at' },
    expected: 'ISO 8601, such as 2026-05-03T14:03Z',
  });
}
