import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../core/index.js';
import type { Database, RawText } from '@trainyard/tables';
import type { TableAsk, TakenSnapshot } from '../../../activities/sources/index.js';
import { readCsv } from '../csv/index.js';
import { ENDINGS, formatOption, type Format } from './contract.js';
import { readJson } from './json/read-json.js';
import { readLog } from './log/read-log.js';
import { readParquet } from './parquet/read-parquet.js';
import { stack } from './stack.js';
import { unpackFiles, type FormatFile } from './unpack.js';
import { readXlsx } from './xlsx/read-xlsx.js';

/** Files that are to be one table, in their order, and where it is made. */
interface FormatAsk {
  /** What errors call all of them. */
  readonly name: string;
  readonly files: readonly FormatFile[];
  readonly database: Database;
  /** Texts that stand for a missing cell. */
  readonly missing: readonly string[];
  /** Whether what cannot be read as a row is left out into `leftOut`, however much, and not refused. */
  readonly setAside: boolean;
  readonly scratch: string;
}

type Reader<Type extends Format['type']> = (
  format: Extract<Format, { type: Type }>,
  ask: FormatAsk,
) => Promise<RawText>;

const READERS: { readonly [Type in Format['type']]: Reader<Type> } = {
  csv: ({ delimiter, quote, encoding }, ask) =>
    eachAlone(ask, (file, scratch) => {
      const between = delimiter ?? (file.name.endsWith('.tsv') ? '\t' : undefined);
      return readCsv(ask.database, file, { delimiter: between, quote, encoding, setAside: ask.setAside }, scratch);
    }),
  jsonl: (format, { name, files, database, setAside, scratch }) =>
    readJson(database, name, files, { lines: true, ...format, setAside }, scratch),
  json: (format, { name, files, database, setAside, scratch }) =>
    readJson(database, name, files, { lines: false, ...format, setAside }, scratch),
  parquet: (format, { name, files, database }) => readParquet(database, name, files, format),
  log: (format, ask) =>
    eachAlone(ask, (file, scratch) => readLog(ask.database, file, { ...format, setAside: ask.setAside }, scratch)),
  xlsx: (format, ask) =>
    eachAlone(ask, (file, scratch) => readXlsx(ask.database, file, { ...format, missing: ask.missing }, scratch)),
};

/** Reads files that are read one by one, as one table. */
function eachAlone(
  { name, files, database, scratch }: FormatAsk,
  read: (file: FormatFile, scratch: string) => Promise<RawText>,
): Promise<RawText> {
  const parts = files.map((file, i) => ({
    name: file.name,
    read: async () => {
      const own = path.join(scratch, `part-${i}`);
      await mkdir(own, { recursive: true });
      return read(file, own);
    },
  }));
  const [first, ...more] = parts;
  return first && more.length === 0 ? first.read() : stack(database, name, parts);
}

/**
 * Reads the files of a snapshot as one table, in the order of their names, in the format that is said, else by how their
 * names end. `name` is what errors call the source.
 */
export async function readFormat(
  snapshot: TakenSnapshot,
  name: string,
  said: Format | undefined,
  { database, missing, setAside = false, ctx }: TableAsk,
): Promise<RawText> {
  const named = [...snapshot.files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const taken: FormatFile[] = [];
  for (const one of named) taken.push({ path: await snapshot.path(one.file), name: one.name });
  const files = await unpackFiles(taken, ctx.scratch, ctx.signal);
  if (files.length === 0) throw new UserError(`the snapshot of ${name} has no file`, { where: { file: name } });
  const format = said ?? formatBy(files.map((file) => file.name));
  const read = READERS[format.type] as Reader<Format['type']>;
  return read(format as never, { name, files, database, missing, setAside, scratch: ctx.scratch });
}

/** The format that the names of files say. Throws a UserError where they say several. */
function formatBy(names: readonly string[]): Format {
  const known = new Map<string, string>();
  for (const name of names) {
    const ending = path.extname(name).toLowerCase();
    known.set((ENDINGS[ending] ?? { type: 'csv' }).type, name);
  }
  const [[type] = ['csv'], other] = known;
  if (other)
    throw new UserError('files of several formats are to be one table', {
      where: { file: other[1] },
      expected: 'files whose names end alike',
      actual: [...known].map(([one, name]) => `${name} (${one})`).join(', '),
      remedy: 'narrow the pattern, or say the format',
    });
  return formatOption.parse({ type }) as Format;
}
