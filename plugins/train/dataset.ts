import type { InputArtifact } from '../../worker/index.js';
import { UserError } from '@trainyard/errors';
import {
  finite,
  id,
  inner,
  innerName,
  join,
  requireColumn,
  requireRepeating,
  ROW_ID,
  sql,
  withDatabase,
  type Column,
  type Database,
  type Sql,
  type TableCell,
  type TableRow,
} from '@trainyard/tables';
import { passesMissing, transformInputs, type FeatureRow, type FittedTransform } from '@trainyard/transforms';
import { featuresOf, openThroughRules } from '@trainyard/transforms/tables';
import { inOneArray, type Keep } from './feed/held.js';
import {
  groupOf,
  labelOf,
  numberOf,
  requireNumeric,
  requireWeight,
  weightOf,
  type LabelledTable,
} from './row-cells.js';

/** Rows as a learner takes them, their features in one array unless it holds them otherwise. */
export interface Rows<Held = Float64Array> {
  readonly rows: number;
  /** Features of a row. */
  readonly width: number;
  /** `[rows, width]`, row after row. NaN is what the transform passes on as missing. */
  readonly features: Held;
  /** Weight of each row, where a column says it. */
  readonly weights?: Float64Array | undefined;
  /** The group of each row, as text, where a column says it. */
  readonly groups?: readonly string[] | undefined;
  /** Smallest and largest value of the numeric columns that the transform reads. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  /** Some of the rows as they came, evenly spread. */
  readonly sample: readonly FeatureRow[];
}

/** Rows with a class each. */
export interface Dataset<Held = Float64Array> extends Rows<Held> {
  /** Index of each row's class. */
  readonly labels: Int32Array;
  /** Names of the classes, sorted by code unit. */
  readonly classes: readonly string[];
}

/** Rows with a number each. */
export interface NumberDataset<Held = Float64Array> extends Rows<Held> {
  /** Finite. */
  readonly labels: Float64Array;
}

/** Rows with any number of classes each. */
export interface LabelSetDataset<Held = Float64Array> extends Rows<Held> {
  /** 1 where a row has a class: `[rows, classes]`. */
  readonly labels: Uint8Array;
  /** Names of the classes, sorted by code unit. */
  readonly classes: readonly string[];
}

export interface DatasetRequest extends LabelledTable {
  readonly table: InputArtifact;
  readonly transform: FittedTransform;
  /** The learner takes NaN for what is missing. */
  readonly missing?: boolean | undefined;
  /** Folder for what does not fit into memory. */
  readonly scratch: string;
}

/** Rows kept as they came. */
const SAMPLE = 20;

/**
 * Reads a table artifact in batches of columns, its features computed by the database as the fitted transform says, so that
 * only features and labels stay in memory. Throws a UserError when the label column or one that the transform reads is missing, a
 * row has no label or one of a class that is not allowed, there are no rows, or the transform passes missing values on to a learner
 * that takes none.
 */
export const readDataset = (request: DatasetRequest): Promise<Dataset> => readDatasetInto(request, inOneArray);

/** As `readDataset`, features held as `keep` says. */
export async function readDatasetInto<Held>(request: DatasetRequest, keep: Keep<Held>): Promise<Dataset<Held>> {
  let labels = new Int32Array();
  const seen = new Map<string, number>();
  const read = await readRows(request, 'class', keep, {
    begin: (rows) => (labels = new Int32Array(rows)),
    take: (cell, at) => {
      const name = labelOf(cell, at, request);
      const code = seen.get(name) ?? seen.size;
      seen.set(name, code);
      labels[at] = code;
    },
  });
  const classes = request.classes ?? [...seen.keys()].sort();
  const places = [...seen.keys()].map((name) => classes.indexOf(name));
  labels.forEach((code, at) => (labels[at] = places[code]!));
  return { ...read, labels, classes };
}

/**
 * As `readDataset`, for labels that are numbers. Throws a UserError for a label column of another type, and for a label that is no
 * finite number, naming its row.
 */
export const readNumbers = (request: Omit<DatasetRequest, 'classes'>): Promise<NumberDataset> =>
  readNumbersInto(request, inOneArray);

/** As `readNumbers`, features held as `keep` says. */
export async function readNumbersInto<Held>(
  request: Omit<DatasetRequest, 'classes'>,
  keep: Keep<Held>,
): Promise<NumberDataset<Held>> {
  let labels = new Float64Array();
  const read = await readRows(request, 'number', keep, {
    begin: (rows) => (labels = new Float64Array(rows)),
    take: (cell, at) => (labels[at] = numberOf(cell, at, request)),
  });
  return { ...read, labels };
}

/** As `readDataset`, for what is learned without labels. */
export const readUnlabelled = (request: Omit<DatasetRequest, 'classes' | 'label'>): Promise<Rows> =>
  readRows({ ...request, label: '' }, 'nothing', inOneArray, { begin: () => undefined, take: () => undefined });

/**
 * As `readDatasetInto`, for labels that are JSON lists of classes. Throws a UserError for a label that is none, and for rows without any
 * class among all of them.
 */
export async function readLabelSets<Held>(request: DatasetRequest, keep: Keep<Held>): Promise<LabelSetDataset<Held>> {
  const { label, part } = request;
  const sets: (readonly string[])[] = [];
  const take = (cell: TableCell | undefined, row: number): void => {
    const list = typeof cell === 'string' ? jsonList(cell) : undefined;
    if (!list?.every((name) => typeof name === 'string' && name !== ''))
      throw new UserError(`a row of the table "${part}" has no list of classes`, {
        where: { port: part, row, column: label },
        expected: 'a JSON list of names, such as ["a", "b"] or []',
        actual: cell === null || cell === undefined ? 'missing' : String(cell),
      });
    sets.push((list as string[]).map((name) => labelOf(name, row, request)));
  };
  const read = await readRows(request, 'class', keep, { begin: () => undefined, take });
  const classes = request.classes ?? [...new Set(sets.flat())].sort();
  if (classes.length === 0)
    throw new UserError(`no row of the table "${part}" has a class`, { where: { port: part, column: label } });
  const places = new Map(classes.map((name, k) => [name, k]));
  const labels = new Uint8Array(sets.length * classes.length);
  sets.forEach((names, row) => names.forEach((name) => (labels[row * classes.length + places.get(name)!] = 1)));
  return { ...read, labels, classes };
}

export function jsonList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Who takes the labels. */
export interface LabelTaker {
  /** Told once how many there are, */
  readonly begin: (rows: number) => void;
  /** then each of them, row by row. */
  readonly take: (label: TableCell | undefined, row: number) => void;
}

/** Hands the labels over, row by row, and the features to `keep`. */
export async function readRows<Held>(
  request: DatasetRequest,
  labelled: 'class' | 'number' | 'nothing',
  keep: Keep<Held>,
  { begin, take }: LabelTaker,
): Promise<Rows<Held>> {
  const { transform, weight, group, part } = request;
  if (!request.missing && passesMissing(transform))
    throw new UserError('this learner takes no missing values, and the transform passes columns on as they are', {
      where: { port: 'prep' },
      expected: 'a transform that fills in what is missing',
      remedy: 'make the columns of recipe.pass numeric or categorical, or train a model kind that takes missing values',
    });
  return withDatabase({ scratch: request.scratch }, async (database) => {
    const columns = await openThroughRules(database, 'data', request.table, transform, part);
    const cell = labelled === 'nothing' ? sql`NULL` : labelCell(columns, labelled, request);
    if (weight !== undefined) requireWeight(columns, weight, transform);
    if (group !== undefined) requireColumn(columns, group, 'group');
    const { rows, ranges } = await measured(database, transform, columns);
    if (rows === 0) throw new UserError(`the table "${part}" has no rows`, { where: { port: part } });

    const { features: names, query } = await featuresOf(database, 'data', columns, transform, part, {
      // A number that is missing, and one that is NaN, are one in a column of numbers.
      also: [
        cell,
        sql`${cell} IS NULL`,
        ...[weight, group].flatMap((name, i) =>
          name === undefined ? [] : [i === 0 ? sql`${id(name)}::DOUBLE` : sql`${id(name)}::VARCHAR`],
        ),
      ],
      training: part === 'train' && columns.some(({ name }) => name === ROW_ID),
    });
    const width = names.length;
    const keeper = await keep(rows, width);
    begin(rows);
    const weights = weight === undefined ? undefined : new Float64Array(rows);
    const groups = group === undefined ? undefined : new Array<string>(rows);
    const extra = 2 + (weights ? 1 : 0);
    let at = 0;
    for await (const batch of database.columnBatches(query)) {
      const [labels = [], unlabelled = []] = batch.columns;
      for (let row = 0; row < batch.rows; row++) {
        take(unlabelled[row] === true ? null : labels[row], at + row);
        if (weights) weights[at + row] = weightOf(batch.columns[2]![row], at + row, request);
        if (groups) groups[at + row] = groupOf(batch.columns[extra]![row], at + row, request);
      }
      const features = new Float64Array(batch.rows * width);
      batch.columns.slice(groups ? extra + 1 : extra).forEach((column, j) => {
        for (let row = 0; row < batch.rows; row++) features[row * width + j] = column[row] as number;
      });
      await keeper.add(features);
      at += batch.rows;
    }
    if (weights?.every((one) => one === 0))
      throw new UserError(`all rows of the table "${part}" have the weight 0`, {
        where: { port: part, column: weight! },
        expected: 'a weight above 0 in one row or more',
      });
    const sample = await sampled(database, transform, rows);
    return { rows, width, features: await keeper.held(), weights, groups, ranges, sample };
  });
}

/** The label of a row as it is read. Throws a UserError where the column is missing, or of another type than is learned. */
function labelCell(columns: readonly Column[], labelled: 'class' | 'number', request: DatasetRequest): Sql {
  const { type } = requireColumn(columns, request.label, `the label of ${request.part}`);
  if (labelled === 'number') requireNumeric(type, request);
  return labelled === 'number' ? sql`${id(request.label)}::DOUBLE` : id(request.label);
}

/** How many rows `data` has, and the smallest and largest finite value of each numeric input. */
export async function measured(
  database: Database,
  transform: FittedTransform,
  columns: readonly Column[],
): Promise<Pick<Dataset, 'rows' | 'ranges'>> {
  const numeric = transformInputs(transform).filter(({ type }) => type === 'number' || type === 'integer');
  const wanted = new Set(numeric.map(({ name }) => name));
  const held = columns.filter(({ name, type }) => wanted.has(name) && (type === 'number' || type === 'integer'));
  const figures = held.flatMap(({ name }, i) => [
    sql`min(${finite(id(name))}) AS ${inner(`least ${i}`)}`,
    sql`max(${finite(id(name))}) AS ${inner(`most ${i}`)}`,
  ]);
  const found = await database.row<Record<string, number | null>>(
    sql`SELECT ${join([sql`count(*) AS rows`, ...figures])} FROM data`,
  );
  // Without what every object has: a column may be called `constructor`.
  const ranges = Object.create(null) as Record<string, [number, number]>;
  held.forEach(({ name }, i) => {
    const [least, most] = [found[innerName(`least ${i}`)], found[innerName(`most ${i}`)]];
    if (typeof least === 'number' && typeof most === 'number') ranges[name] = [least, most];
  });
  return { rows: found['rows'] ?? 0, ranges };
}

/** Up to 20 rows of `data`, evenly spread, of the columns that the transform reads. */
export async function sampled(database: Database, transform: FittedTransform, rows: number): Promise<FeatureRow[]> {
  const step = Math.max(1, Math.floor(rows / SAMPLE));
  const names = [...new Set(transformInputs(transform).map(({ name }) => name))];
  if (names.length === 0) return Array.from({ length: Math.min(SAMPLE, rows) }, () => ({}));
  const place = inner('place');
  const numbered = sql`SELECT *, row_number() OVER () - 1 AS ${place} FROM data`;
  const chosen = sql`${place} % ${BigInt(step)} = 0 AND ${place} < ${BigInt(step * SAMPLE)}`;
  return database.rows<TableRow>(
    sql`SELECT ${join(names.map(id))} FROM (${numbered}) WHERE ${chosen} ORDER BY ${place}`,
  );
}

/** Throws a UserError when there is nothing to tell apart, or when the label is a number or a name of its own in most rows. */
export function requireClasses({ classes, rows }: Dataset<unknown>, label: string): void {
  const where = { port: 'train', column: label };
  if (classes.length < 2) {
    throw new UserError(`all rows of the training table are of one class, "${classes[0]}"`, {
      where,
      expected: 'two classes or more',
    });
  }
  requireRepeating(
    { classes: classes.length, rows },
    {
      where,
      actual: `${classes.slice(0, 3).join(', ')}, …`,
      remedy: 'choose a column of classes, or bin it before; train.regressionTrees predicts numbers',
    },
  );
}
