import { connectNow } from '../../client/reader.js';
import type { TrainyardClient } from '../../client/client.js';
import { ancestryOf, type Ancestor } from '../../client/provenance/index.js';
import { intervalsOf, type Interval } from '../../client/registry/intervals.js';
import type { MarkedVersion } from '../../client/registry/marks.js';
import { getVersion } from '../../client/registry/model-view.js';
import { servedVersion } from './served-version.js';
import { readRun } from '../../store/index.js';
import { loadConfig } from '../../project/project.js';
import { clock, colours, cut, print, printJson } from '../terminal.js';
import { inTime, numberOf } from './print-models.js';

/** `trainyard models lineage`: from the data to where the version has served. */
export async function printLineage(
  config: string | undefined,
  name: string,
  given: string | undefined,
  json: boolean,
): Promise<void> {
  const client = await connectNow(await loadConfig(config));
  try {
    const version = await inTime(client, async () =>
      getVersion(client, name, numberOf('version', given) ?? (await servedVersion(client, name))),
    );
    const served = await inTime(client, () => intervalsOf(client, name, { version: version.version }));
    const madeOf = await ancestryOf(client.store, version.model, [version.run, version.lineage]);
    const cause = await causeOf(client, version);
    if (json) printJson({ model: name, version, cause, madeOf, served });
    else print(lineageText(name, version, cause, madeOf, served));
  } finally {
    await client.close();
  }
}

async function causeOf({ store }: TrainyardClient, { run }: MarkedVersion): Promise<unknown> {
  return (await readRun(store, run))?.start.cause ?? null;
}

/** Characters of parameters in a line. */
const SHORT = 70;

function lineageText(
  name: string,
  { version, run, pipeline, registeredAt, by, why }: MarkedVersion,
  cause: unknown,
  madeOf: Ancestor,
  served: readonly Interval[],
): string {
  return [
    `${colours.bold(`${name} version ${version}`)}  registered ${clock(registeredAt)} by ${by}: ${why}`,
    `  ${colours.dim('run')}     ${run}, of ${pipeline}`,
    `  ${colours.dim('cause')}   ${cause === null ? 'not on record' : JSON.stringify(cause)}`,
    ...served.map(
      (one) =>
        `  ${colours.dim('served')}  as ${one.alias} from ${clock(one.from)} to ${one.until === null ? 'now' : clock(one.until)}, by ${one.by}: ${one.why}`,
    ),
    ...(served.length === 0 ? [`  ${colours.dim('served')}  never`] : []),
    '',
    ...treeLines(madeOf, ''),
  ].join('\n');
}

function treeLines({ digest, kind, port, madeBy, of, again }: Ancestor, indent: string): string[] {
  const what = `${port === undefined ? '' : `${port}: `}${kind} ${digest.slice(7, 19)}`;
  const by = madeBy ? `  ${madeBy.node} ${cut(JSON.stringify(madeBy.params), SHORT)}` : '  from outside';
  const where = madeBy ? colours.dim(`  in ${madeBy.run}`) : '';
  return [
    `${indent}${what}${colours.dim(by)}${again ? colours.dim('  as above') : where}`,
    ...of.flatMap((one) => treeLines(one, `${indent}  `)),
  ];
}
