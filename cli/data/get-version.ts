import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { openVersion } from '../../client/data/open-versions.js';
import { findVersion, versionsNamed } from '../../client/data/versions.js';
import { TrainyardError } from '@trainyard/errors';
import { Artifacts } from '../../store/index.js';
import { sql, TABLE_FILE } from '@trainyard/tables';
import { colours, note, printJson } from '../terminal.js';
import type { GetOptions } from './options.js';
import { openData, withScratch } from './open.js';

/** `trainyard data get`: writes a version to a file, over nothing. */
export async function getVersion(
  config: string | undefined,
  dataset: string,
  said: string,
  { out, json }: GetOptions,
): Promise<void> {
  const { store, versions } = await openData(config);
  const version = findVersion(versionsNamed(versions, dataset), said);
  const stem = path
    .basename(dataset)
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^\w.-]+/g, '-');
  const file = path.resolve(out ?? `${stem || 'data'}-${version.name}.parquet`);
  if (existsSync(file))
    throw new TrainyardError('TY-USAGE', {
      what: 'the file is there already, and nothing was written',
      where: { file },
      remedy: 'name another with --out',
    });
  if (/\.csv$/i.test(file)) {
    await withScratch(async (database) => {
      const { from } = await openVersion(database, store, version, 'version');
      await database.run(sql`COPY (FROM ${from}) TO ${file} (FORMAT csv, HEADER true)`);
    });
  } else {
    const artifact = await new Artifacts(store).open({ ...version.table, kind: 'table' });
    await copyFile(await artifact.path(TABLE_FILE), file);
  }
  if (json) return printJson({ dataset, version: version.name, rows: version.rows, file });
  note(
    `${colours.green('written')}: ${path.relative(process.cwd(), file)}: ${version.rows} rows of version ${version.number}, ${version.name}`,
  );
}
