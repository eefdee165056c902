import type { ColumnProfile } from '@trainyard/drift';
import { openVersion } from '../../client/data/open-versions.js';
import { profileTable } from '../../client/data/profile.js';
import { findVersion, versionsNamed } from '../../client/data/versions.js';
import { makersOf, usersOf } from '../../store/index.js';
import { clock, colours, print, printJson, table } from '../terminal.js';
import type { DataOptions } from './options.js';
import { openData, withScratch } from './open.js';

/** Users of a version that are named, and values of a text. */
const [MOST_USERS, MOST_VALUES] = [10, 3];

/** `trainyard data show`. */
export async function printVersion(
  config: string | undefined,
  dataset: string,
  said: string,
  { json }: DataOptions,
): Promise<void> {
  const { store, versions } = await openData(config);
  const version = findVersion(versionsNamed(versions, dataset), said);
  const { profile, leftOut } = await withScratch(async (database) => {
    const { from, columns } = await openVersion(database, store, version, 'version');
    return profileTable(database, from, columns);
  });
  const users = await usersOf(store, version.table.digest);
  const makers = await makersOf(store, version.source.digest);
  const lineage = {
    takenBy: [...new Set(makers.map(({ node, run }) => `${node} in ${run}`))].sort(),
    usedBy: [...new Set(users.map(({ node, run }) => `${node} in ${run}`))].sort(),
  };
  if (json) return printJson({ ...version, lineage, profile, leftOut });
  print(`${colours.bold(dataset)}: version ${version.number}, ${version.name}\n`);
  print(
    table(
      ['', ''],
      [
        ['table', version.table.digest],
        ['snapshot', version.source.digest],
        ['first read', `${clock(version.firstAt)} by ${version.runs[0]}`],
        ['rows', String(version.rows)],
        ['known by', version.key.length === 0 ? 'their content' : version.key.join(', ')],
        ['used by', lineage.usedBy.slice(0, MOST_USERS).join(', ') + (lineage.usedBy.length > MOST_USERS ? ', …' : '')],
      ],
      { whole: true },
    ),
  );
  const byName = new Map(profile.columns.map((one) => [one.name, one]));
  const rows = version.columns
    .filter(({ name }) => name !== '_row')
    .map(({ name, type }) => [name, type, String(byName.get(name)?.missing ?? ''), sayProfile(byName.get(name), type)]);
  print(`\n${table(['column', 'type', 'missing', 'holds'], rows, { right: ['missing'] })}`);
}

function sayProfile(profile: ColumnProfile | undefined, type: string): string {
  if (!profile) return 'many different texts';
  if (profile.present === 0) return '';
  if (profile.type === 'text') {
    const sorted = Object.entries(profile.counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const more = sorted.length > MOST_VALUES ? `, … (${sorted.length} in all)` : '';
    return (
      sorted
        .slice(0, MOST_VALUES)
        .map(([text, n]) => `${text} ${n}`)
        .join(', ') + more
    );
  }
  const { values } = profile;
  const say = (value: number | undefined): string => {
    if (value === undefined) return '';
    if (type === 'date' || type === 'timestamp')
      return new Date(value).toISOString().slice(0, type === 'date' ? 10 : 19);
    return String(Number(value.toPrecision(6)));
  };
  return `${say(values[0])} to ${say(values.at(-1))}, median ${say(values[Math.floor((values.length - 1) / 2)])}`;
}
