import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { TransientError, UserError, type Digest } from '../../../../core/index.js';
import { inner, join, rawColumn, rawName, RECORD, sql, type ColumnType, type RawText } from '@trainyard/tables';
import type { SourceReader } from '../../../../activities/sources/index.js';
import { sourcePath } from '../file/copy.js';
import { listFolder, type FoundFile } from './listing.js';
import { packFiles, readPacked, type PackedFile } from './packs.js';

/** One line of JSON for each file, in the order of their names. */
const MANIFEST = 'manifest.jsonl';
const RAW = inner('files');

/** Options that all folders of files have. */
interface FolderOptions {
  readonly path: string;
  readonly labels: 'folder' | 'none';
  readonly endings: readonly string[];
}

/** A column that the content of a file gives. */
export interface ContentColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** What a file of a kind is read as. */
export interface Content<Options> {
  readonly columns: readonly ContentColumn[];
  /** The cells of a file, in the order of the columns; undefined where it is none of the kind. */
  read(bytes: Buffer, file: PackedFile, options: Options): readonly (string | number | null)[] | undefined;
  /** What was expected, where `read` gives undefined. */
  readonly expected: string;
}

/** Reads a folder of many files as one snapshot: packs of their bytes, and a manifest. */
export function folderSource<Options extends FolderOptions>(content: Content<Options>): SourceReader<Options> {
  return {
    async state({ path: said, endings }, { ctx }) {
      const { files } = await listFolder(sourcePath(said, ctx.project), said, endings, ctx.signal);
      if (files.length === 0 || files.some(({ changedMs }) => Date.now() - changedMs < 1_000)) return null;
      return { version: stampOf(files) };
    },

    async snapshot({ path: said, endings }, { into, kept, ctx }) {
      const folder = sourcePath(said, ctx.project);
      const { files, others } = await listFolder(folder, said, endings, ctx.signal);
      if (files.length === 0)
        throw new UserError(`the folder ${said} has no file whose name ends in ${endings.join(', ')}`, {
          where: { file: said },
          expected: 'at least one',
          actual: `${others} other files`,
        });
      const packed = await packFiles({
        folder,
        said,
        files,
        into,
        kept: await kept(),
        signal: ctx.signal,
        progress: (done, of) => ctx.progress(done / of, `${done} of ${of} files`),
      });
      const now = await listFolder(folder, said, endings, ctx.signal);
      if (stampOf(now.files) !== stampOf(files))
        throw new TransientError(`files of ${said} changed while they were read`, { where: { file: said } });
      await writeFile(path.join(into, MANIFEST), packed.files.map((file) => `${JSON.stringify(file)}\n`).join(''));
      ctx.log(`${files.length} files, of which ${packed.read} were read, and ${others} others left out`);
      return {
        files: [MANIFEST, ...packed.packs].map((file) => ({ file, name: path.posix.join(said, file) })),
      };
    },

    readsOn: () => false,

    async toTable(snapshot, options, { database, ctx }) {
      const lines = (await readFile(await snapshot.path(MANIFEST), 'utf8')).trimEnd().split('\n');
      const files = lines.map((line) => JSON.parse(line) as PackedFile);
      const order = new Map(files.map((file, i) => [file.name, i + 1]));
      const columns: ContentColumn[] = [
        { name: 'file', type: 'text' },
        ...(options.labels === 'folder' ? [{ name: 'label', type: 'text' } as const] : []),
        ...content.columns,
      ];
      const cells = path.join(ctx.scratch, 'files.csv');
      const out = createWriteStream(cells);
      for await (const { file, bytes } of readPacked(files, (pack) => snapshot.path(pack))) {
        ctx.signal.throwIfAborted();
        if (createHash('sha256').update(bytes).digest('hex') !== file.sha256)
          throw new TransientError(`the bytes of ${file.name} are not those that were taken`, {
            where: { file: file.name },
          });
        const read = content.read(bytes, file, options);
        if (read === undefined)
          throw new UserError(`${options.path}/${file.name} cannot be read`, {
            where: { file: file.name },
            expected: content.expected,
            remedy: 'correct or remove the file, or leave its ending out of endings',
          });
        const label = options.labels === 'folder' ? [labelOf(file.name)] : [];
        const row = [order.get(file.name) ?? 0, file.name, ...label, ...read].map(csvCell).join(',');
        if (!out.write(`${row}\n`)) await once(out, 'drain');
      }
      out.end();
      await finished(out);
      const types = [sql`n: 'BIGINT'`, ...columns.map((_, i) => sql`${rawName(i)}: 'VARCHAR'`)];
      const typed = columns.map(({ type }, i) =>
        type === 'integer' ? sql`${rawColumn(i)}::BIGINT AS ${rawColumn(i)}` : rawColumn(i),
      );
      await database.run(
        sql`CREATE OR REPLACE TABLE ${RAW} AS SELECT n AS ${RECORD}, ${join(typed)}
            FROM read_csv(${cells}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '',
              allow_quoted_nulls = false, new_line = ${'\\n'}, strict_mode = true, max_line_size = ${BigInt(LONGEST)}, columns = {${join(types)}})
            ORDER BY n`,
      );
      return {
        name: options.path,
        columns,
        cells: RAW,
        numbered: RAW,
        locate: async (records) =>
          new Map(records.map((record) => [record, { file: files[record - 1]?.name, line: 1 }])),
      } satisfies RawText;
    },
  };
}

/** The most characters of a row. */
const LONGEST = 8_000_000;
/** The most bytes of a file, which stands in a cell. */
export const LARGEST = 5_900_000;

/** The first folder that a file is in; none for one that lies in the source's folder itself. */
function labelOf(name: string): string | null {
  const end = name.indexOf('/');
  return end < 0 ? null : name.slice(0, end);
}

function csvCell(cell: string | number | null): string {
  return cell === null ? '' : typeof cell === 'number' ? String(cell) : `"${cell.replaceAll('"', '""')}"`;
}

function stampOf(files: readonly FoundFile[]): Digest {
  const hash = createHash('sha256');
  for (const { name, size, stamp } of files) hash.update(`${JSON.stringify(name)} ${size} ${stamp}\n`);
  return `sha256-${hash.digest('hex')}`;
}
