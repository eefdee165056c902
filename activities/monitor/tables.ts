import path from 'node:path';
import type { File, Ref, Table } from '../../core/kinds.js';
import { UserError } from '@trainyard/errors';
import { columnsOf, PROFILE_FILE, profileOf, type DriftRow, type Profile } from '@trainyard/drift';
import {
  readRows,
  ROW_ID,
  sql,
  TABLE_FILE,
  withDatabase,
  type Column,
  type TableCell,
  type TableRow,
} from '@trainyard/tables';
import type { MonitorConfig, MonitoredColumn } from '../../workflows/monitor/contract.js';
import type { MonitorDesk, WindowRow } from './desk.js';
import { withOutcomes } from './outcomes.js';

/** Columns that a window's table has beside the inputs. */
const WINDOW: readonly Column[] = [
  { name: '_predicted', type: 'text' },
  { name: '_probability', type: 'number' },
  { name: '_version', type: 'integer' },
  { name: '_at', type: 'timestamp' },
  { name: '_outcome', type: 'text' },
];

/** Stores a profile. */
export async function writeProfile(artifacts: MonitorDesk['artifacts'], profile: Profile): Promise<Ref<File>> {
  const value = { rows: profile.rows, columns: profile.columns.length };
  const { kind, digest, size } = await artifacts.write('file', {
    value,
    files: { [PROFILE_FILE]: JSON.stringify(profile) },
  });
  return { kind: kind as 'file', digest, size };
}

/** Reads a profile. Throws a UserError when the file is none. */
export async function readProfile({ artifacts }: Pick<MonitorDesk, 'artifacts'>, ref: Ref<File>): Promise<Profile> {
  const profile = JSON.parse(await (await artifacts.open(ref)).text(PROFILE_FILE)) as Profile;
  if (profile.format === 'trainyard.profile/1') return profile;
  throw new UserError('the reference of the monitor is no profile that this version knows', {
    expected: 'trainyard.profile/1',
    actual: String(profile.format),
    remedy: 'run the pipeline that has monitor.endpoint again',
  });
}

/** Stores a window's rows, with predictions and outcomes, in the order in which they were asked. */
export async function writeWindow(
  desk: MonitorDesk,
  config: MonitorConfig,
  rows: readonly WindowRow[],
): Promise<Ref<Table>> {
  const inputs = config.columns.map((column) =>
    fitting(
      column,
      rows.map(({ cells }) => cells[column.name] ?? null),
    ),
  );
  const columns: Column[] = [{ name: ROW_ID, type: 'text' }, ...inputs, ...WINDOW];
  const body = rows.map(({ id, cells, predicted, probability, version, at, outcome }): TableRow => ({
    ...Object.fromEntries(inputs.map((column) => [column.name, asCell(column, cells[column.name] ?? null)])),
    [ROW_ID]: id,
    _predicted: predicted,
    _probability: probability,
    _version: version,
    _at: new Date(at).toISOString(),
    _outcome: outcome,
  }));
  return writeTable(desk, 'window', columns, body);
}

/**
 * The rows of windows whose outcome is known by now, each once, as the training table has them: its inputs and its
 * label, without what the model said.
 */
export async function labelledRows(
  desk: MonitorDesk,
  config: MonitorConfig,
  tables: readonly Ref<Table>[],
): Promise<{ fresh: Ref<Table>; labelled: number }> {
  const rows = await readWindows(desk, tables);
  const joined = await withOutcomes(
    desk,
    config.endpoint,
    rows.map((row) => ({ row, id: String(row[ROW_ID]), outcome: row['_outcome'] as string | null })),
  );
  const labelled = joined.filter(({ outcome }) => outcome !== null);
  const typed = config.columns.map((column) =>
    fitting(
      column,
      labelled.map(({ row }) => row[column.name] ?? null),
    ),
  );
  const label = fitting(
    config.label,
    labelled.map(({ outcome }) => labelCell(config.label, outcome)),
  );
  const body = labelled.map(({ row, outcome }): TableRow => ({
    [ROW_ID]: row[ROW_ID] ?? null,
    ...Object.fromEntries(typed.map((column) => [column.name, asCell(column, row[column.name] ?? null)])),
    [label.name]: asCell(label, labelCell(config.label, outcome)),
  }));
  const fresh = await writeTable(desk, 'fresh', [{ name: ROW_ID, type: 'text' }, ...typed, label], body);
  return { fresh, labelled: labelled.length };
}

/** Profile of the rows of windows, of the same columns as the reference. */
export async function profileTables(
  desk: MonitorDesk,
  config: MonitorConfig,
  tables: readonly Ref<Table>[],
): Promise<Ref<File>> {
  const [rows, reference] = await Promise.all([readWindows(desk, tables), readProfile(desk, config.reference)]);
  return writeProfile(desk.artifacts, profileOf(rows as readonly DriftRow[], columnsOf(reference)));
}

async function readWindows(
  { artifacts }: Pick<MonitorDesk, 'artifacts'>,
  tables: readonly Ref<Table>[],
): Promise<TableRow[]> {
  const rows = new Map<string, TableRow>();
  for (const ref of tables) {
    const file = await (await artifacts.open(ref)).path(TABLE_FILE);
    const read = await withDatabase({}, (database) => readRows(database, file));
    for (const row of read) if (!rows.has(String(row[ROW_ID]))) rows.set(String(row[ROW_ID]), row);
  }
  return [...rows.values()];
}

async function writeTable(
  desk: MonitorDesk,
  name: string,
  columns: readonly Column[],
  rows: readonly TableRow[],
): Promise<Ref<Table>> {
  const file = path.join(desk.scratch, `${name}.parquet`);
  const value = await withDatabase({ scratch: desk.scratch }, async (database) => {
    await database.insert('rows', columns, rows);
    return database.write(sql`FROM rows`, file);
  });
  const ref = await desk.artifacts.write('table', { value: value as never, files: { [TABLE_FILE]: { path: file } } });
  return { kind: 'table', digest: ref.digest, size: ref.size };
}

/** The column with its own type where all cells are of it, else with one that holds them all. */
function fitting({ name, type }: MonitoredColumn, cells: readonly TableCell[]): Column {
  const all = (test: (cell: TableCell) => boolean): boolean => cells.every((cell) => cell === null || test(cell));
  const isNumber = (cell: TableCell): boolean => typeof cell === 'number';
  if (type === 'integer' && all(Number.isSafeInteger)) return { name, type };
  if ((type === 'integer' || type === 'number') && all(isNumber)) return { name, type: 'number' };
  if (type === 'boolean' && all((cell) => typeof cell === 'boolean')) return { name, type };
  const isTime = (cell: TableCell): boolean => typeof cell === 'string' && !Number.isNaN(Date.parse(cell));
  if ((type === 'date' || type === 'timestamp') && all(isTime)) return { name, type };
  return { name, type: 'text' };
}

function asCell({ type }: Column, cell: TableCell): TableCell {
  return type === 'text' && cell !== null ? String(cell) : cell;
}

/** An outcome, which comes as text, as the label column holds it. */
function labelCell({ type }: MonitoredColumn, outcome: string | null): TableCell {
  if (outcome === null) return null;
  if (type === 'number' || type === 'integer') return Number.isFinite(Number(outcome)) ? Number(outcome) : outcome;
  return type === 'boolean' && (outcome === 'true' || outcome === 'false') ? outcome === 'true' : outcome;
}
