import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import { connectNow } from '../../client/reader.js';
import { getVersion } from '../../client/registry/model-view.js';
import { sayCount } from '../../core/duration.js';
import { provideParts } from '../../core/provided-parts.js';
import { exportModel, PRECISIONS, type Precision } from '../../models/index.js';
import { partsOfProject } from '../../project/brought-parts.js';
import { loadConfig } from '../../project/project.js';
import { Artifacts } from '../../store/index.js';
import { print, printJson } from '../terminal.js';
import { numberOf } from './print-models.js';
import { servedVersion } from './served-version.js';

export interface ExportModelOptions {
  readonly format: string;
  readonly to: string;
  readonly rows?: string;
  readonly precision?: string;
  readonly maxLoss?: string;
  readonly json?: boolean;
}

/** `trainyard models export`: a version in a format of other tools, compared before it is said to be done. */
export async function exportRegistered(
  config: string | undefined,
  name: string,
  version: string | undefined,
  { format, to, rows, json = false, ...small }: ExportModelOptions,
): Promise<void> {
  const project = await loadConfig(config);
  const parts = partsOfProject(project);
  provideParts(() => parts);
  const { precision, maxLoss } = precisionOf(small);
  const more = rows === undefined ? [] : await readRows(rows);
  const client = await connectNow(project);
  try {
    const number = numberOf('version', version) ?? (await servedVersion(client, name));
    const { model } = await getVersion(client, name, number);
    const source = await new Artifacts(client.store).open(model);
    const exported = await exportModel({
      source,
      format,
      to,
      project: project.root,
      rows: more,
      precision,
      maxLoss,
      parts,
    });
    if (json) return printJson({ model: name, version: number, to, ...exported });
    const { runtime, difference, files, tolerance, loss } = exported;
    print(`${name} version ${number} as ${format} in ${to}: ${files.join(', ')}`);
    const off = difference === 0 ? '0' : difference.toExponential(1);
    const asked = `  ${runtime} answers ${sayCount(exported.rows, 'row')}`;
    if (tolerance !== undefined)
      print(`${asked} as the model does; the largest difference is ${off}, of ${tolerance} allowed`);
    if (loss)
      print(
        `${asked}; the largest difference is ${off}; in ${precision} ${loss.figure} of ${sayCount(loss.rows, 'row')} is ${loss.export.toPrecision(4)}, of the model ${loss.model.toPrecision(4)}`,
      );
    print('  export.json says what goes in and comes out; rows go through transform.json before');
  } finally {
    await client.close();
  }
}

function precisionOf({ precision, maxLoss }: Pick<ExportModelOptions, 'precision' | 'maxLoss'>): {
  readonly precision: Precision | undefined;
  readonly maxLoss: number | undefined;
} {
  const known = PRECISIONS.find((name) => name === precision);
  if (precision !== undefined && known === undefined)
    throw new TrainyardError('TY-USAGE', {
      what: `there is no precision "${precision}"`,
      where: { field: '--precision' },
      expected: `one of ${PRECISIONS.join(', ')}`,
    });
  if (maxLoss === undefined) return { precision: known, maxLoss: undefined };
  const limit = Number(maxLoss);
  if (known === undefined || maxLoss.trim() === '' || !(limit >= 0 && limit < Infinity))
    throw new TrainyardError('TY-USAGE', {
      what: known ? 'the loss that is allowed is no number' : 'a loss is allowed for a lower precision only',
      where: { field: '--max-loss' },
      expected: 'a number from 0 on, beside --precision',
      actual: maxLoss,
    });
  return { precision: known, maxLoss: limit };
}

async function readRows(file: string): Promise<Record<string, string | number | boolean | null>[]> {
  try {
    const read: unknown = JSON.parse(await readFile(path.resolve(file), 'utf8'));
    if (Array.isArray(read)) return read as Record<string, string | number | boolean | null>[];
  } catch (cause) {
    throw new TrainyardError('TY-USAGE', { what: 'the file with the rows cannot be read', where: { file }, cause });
  }
  throw new TrainyardError('TY-USAGE', {
    what: 'the file with the rows holds no list',
    where: { file },
    expected: '[{"column": value, …}, …]',
  });
}
