import { z } from 'zod';
import type { Digest } from '../../core/digest.js';
import type { AnyContract } from '../../core/node.js';
import type { ArtifactName, NodeRecord } from '../../core/records.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { Artifacts, recordsOfNodes, type Store } from '../../store/index.js';

/** A version of a data set: a table that reading its source gave. Equal contents are one version, whoever read them. */
export interface DataVersion {
  readonly dataset: string;
  /** The first signs of the table's digest: what people call the version. */
  readonly name: string;
  /** Counts the versions that the store knows, from 1, in the order in which they were first read. */
  readonly number: number;
  readonly table: ArtifactName;
  /** What the table was read from. */
  readonly source: ArtifactName;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Parameters of the reading: schema, key and the rest. */
  readonly params: NodeRecord['params'];
  /** Columns that identify its rows; empty where their contents do. */
  readonly key: readonly string[];
  /** When it was first read and last, ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** The runs that read it, the earliest first. */
  readonly runs: readonly string[];
}

const tableValue = z.object({
  rows: z.int(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});
const keyed = z.object({ key: z.array(z.string()) });

/** Signs of a digest in the name of a version. */
const SIGNS = 8;

/** Where the nodes that read data sets say their name and table: `facts.dataset` and `facts.data` of their contracts. */
interface Reading {
  readonly port: string;
  readonly path: readonly string[];
  readonly output: string;
}

/**
 * All versions of all data sets that the store knows, by data set, the earliest first. They are read from the records of
 * the nodes that read them, so they go when `trainyard gc` takes the last run that read them; `gc --keep RUN` keeps them.
 */
export async function listVersions(
  store: Store,
  contracts: ReadonlyMap<string, AnyContract>,
): Promise<ReadonlyMap<string, readonly DataVersion[]>> {
  const readings = new Map(
    [...contracts].flatMap(([name, { spec }]) => {
      const [port, ...path] = spec.facts?.dataset?.split('.') ?? [];
      const output = spec.facts?.data;
      return port === undefined || output === undefined ? [] : [[name, { port, path, output }] as const];
    }),
  );
  const records = await recordsOfNodes(store, [...readings.keys()]);
  const names = new NamesOf(store);
  const found = new Map<string, Map<Digest, NodeRecord[]>>();
  for (const record of records.sort((a, b) => (a.endedAt < b.endedAt ? -1 : a.endedAt > b.endedAt ? 1 : 0))) {
    const reading = readings.get(record.node);
    const table = reading && record.outputs[reading.output];
    const dataset = reading && (await names.of(record, reading));
    if (!table || dataset === undefined) continue;
    const versions = found.get(dataset) ?? new Map<Digest, NodeRecord[]>();
    versions.set(table.digest, [...(versions.get(table.digest) ?? []), record]);
    found.set(dataset, versions);
  }
  const listed = new Map<string, DataVersion[]>();
  for (const [dataset, versions] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const all: DataVersion[] = [];
    for (const made of versions.values()) {
      const one = await versionOf(store, dataset, all.length + 1, made, readings);
      if (one) all.push(one);
    }
    if (all.length > 0) listed.set(dataset, all);
  }
  return listed;
}

async function versionOf(
  store: Store,
  dataset: string,
  number: number,
  records: readonly NodeRecord[],
  readings: ReadonlyMap<string, Reading>,
): Promise<DataVersion | undefined> {
  const [first, last] = [records[0], records.at(-1)];
  const reading = first && readings.get(first.node);
  const table = reading && first.outputs[reading.output];
  const source = reading && first.inputs[reading.port];
  if (!first || !last || !table || !source || !('digest' in source)) return undefined;
  const value = tableValue.safeParse((await manifestOf(store, table.digest))?.value).data;
  if (!value) return undefined;
  return {
    dataset,
    name: table.digest.slice('sha256-'.length, 'sha256-'.length + SIGNS),
    number,
    table,
    source,
    rows: value.rows,
    columns: value.columns,
    params: first.params,
    key: keyed.safeParse(first.params).data?.key ?? [],
    firstAt: first.endedAt,
    lastAt: last.endedAt,
    runs: [...new Set(records.map(({ run }) => run))],
  };
}

/** Names of data sets, each read once from the artifact that says it. */
class NamesOf {
  private readonly known = new Map<string, string | undefined>();

  constructor(private readonly store: Store) {}

  async of({ inputs }: NodeRecord, { port, path }: Reading): Promise<string | undefined> {
    const source = inputs[port];
    if (!source || !('digest' in source)) return undefined;
    const id = [source.digest, ...path].join(' ');
    if (!this.known.has(id)) this.known.set(id, await this.read(source.digest, path));
    return this.known.get(id);
  }

  private async read(digest: Digest, path: readonly string[]): Promise<string | undefined> {
    let value: unknown = (await manifestOf(this.store, digest))?.value;
    for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step];
    return typeof value === 'string' ? value : undefined;
  }
}

/** What an artifact is made of; undefined where it is not there any more. */
async function manifestOf(store: Store, digest: Digest): Promise<{ readonly value?: unknown } | undefined> {
  try {
    return await new Artifacts(store).manifest({ digest });
  } catch (error) {
    if (error instanceof TrainyardError) return undefined;
    throw error;
  }
}

/** The versions of a data set. Throws TY-USAGE that names the nearest one. */
export function versionsNamed(
  all: ReadonlyMap<string, readonly DataVersion[]>,
  dataset: string,
): readonly DataVersion[] {
  const found = all.get(dataset);
  if (found) return found;
  throw new TrainyardError('TY-USAGE', {
    what: `the store knows no data set "${dataset}"; ${all.size === 0 ? 'no run has read one' : sayNearest(dataset, [...all.keys()])}`,
    remedy: 'trainyard data log lists them',
  });
}

/** The version that a person means: `latest`, `latest~2` for the one two before it, its number, or the first signs of its name. */
export function findVersion(versions: readonly DataVersion[], said: string): DataVersion {
  const back = /^latest(?:~(\d{1,6}))?$/.exec(said);
  const found = back
    ? versions.slice(0, versions.length - Number(back[1] ?? 0)).slice(-1)
    : versions.filter(
        ({ number, table }) =>
          said === String(number) || (said.length >= 4 && table.digest.startsWith(`sha256-${said}`)),
      );
  if (found.length === 1 && found[0]) return found[0];
  throw new TrainyardError('TY-USAGE', {
    what: `${versions[0]?.dataset ?? 'the data set'} has ${found.length === 0 ? 'no version' : `${found.length} versions`} "${said}"`,
    expected: 'latest, latest~1, a number, or the first four signs or more of a name',
    actual: versions
      .slice(-10)
      .map(({ number, name }) => `${number} ${name}`)
      .join(', '),
  });
}
