import { TrainyardError } from '@trainyard/errors';
import type { CallOptions, ColumnOf, Fit, Handle, Mistake, Report, RowOf, Table } from '../../core/index.js';
import * as contract from './contract.js';
import type { RepresentationFigures, ResampleFigures, WeightFigures } from './contract.js';

/** The training part of a table: what is to judge a model must stay as it will be met. */
type Training<Node extends string, T> = T extends { readonly port: 'validation' | 'test' }
  ? Mistake<`${Node}: input "table" takes the training part, this is a part that judges: evened out, its figures would not be those of new rows`>
  : T & Fit<Node, 'table', Table, T>;

/** A table with more rows or fewer, and what was done to it. */
export interface Resampled<Row> {
  readonly table: Handle<Table<Row>>;
  readonly report: Handle<Report<ResampleFigures>>;
}

export interface Weighed<Row, Column extends string> {
  readonly table: Handle<Table<unknown extends Row ? Row : Row & { readonly [Name in Column]: number }>>;
  readonly report: Handle<Report<WeightFigures>>;
}

interface Cells<T> {
  /** The column of classes. */
  readonly label: ColumnOf<RowOf<T>>;
  /** Columns of groups: their combinations within each class count as well. */
  readonly groups?: readonly ColumnOf<RowOf<T>>[];
}

function represent<const T>(
  args: {
    readonly table: T & Fit<'balance.representation', 'table', Table, T>;
    /** Columns of protected groups. */
    readonly groups: readonly ColumnOf<RowOf<T>>[];
    readonly label?: ColumnOf<RowOf<T>>;
    /** The class whose share is compared between groups. Default: the rarest. */
    readonly positive?: string;
    /** Rows from which on a cell can be learnt and judged. Default 30. */
    readonly smallest?: number;
    /** By column and value, the share in those whom the model will meet. */
    readonly population?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  },
  options?: CallOptions,
): Handle<Report<RepresentationFigures>> {
  return contract.representation(args as never, options) as Handle<Report<RepresentationFigures>>;
}

function even<const T>(
  args: Cells<T> & {
    readonly table: T & Training<'balance.resample', T>;
    /** `over`: copies of rows of small cells; `under`: fewer rows of large ones. */
    readonly way: 'over' | 'under';
    /** How large the smallest cell becomes beside the largest. Default 1: equal. */
    readonly ratio?: number;
    /** Rows of each class afterwards, in the place of `ratio`. */
    readonly rows?: Readonly<Record<string, number>>;
  },
  options?: CallOptions,
): Resampled<RowOf<T>> {
  refuseJudges('balance.resample', args.table);
  return contract.resample(args as never, options) as Resampled<RowOf<T>>;
}

function weigh<const T, const Column extends string = 'weight'>(
  args: Cells<T> & {
    readonly table: T & Training<'balance.weights', T>;
    /** `balanced` (the default): each cell counts alike; `independent`: the label is no more frequent in one group than in another. */
    readonly way?: 'balanced' | 'independent';
    /** The name of the new column. Default `weight`. */
    readonly column?: Column;
    /** Largest weight: larger ones are cut. */
    readonly most?: number;
  },
  options?: CallOptions,
): Weighed<RowOf<T>, Column> {
  refuseJudges('balance.weights', args.table);
  return contract.weights(args as never, options) as unknown as Weighed<RowOf<T>, Column>;
}

/** What the editor says of a part that judges, where types were left out. */
function refuseJudges(node: string, table: unknown): void {
  const { port, node: from } = table as { port?: string; node?: string };
  if (port !== 'validation' && port !== 'test') return;
  throw new TrainyardError('TY-WIRE-KIND', {
    what: `${node} takes the training part, this is the ${port} part of ${from}`,
    where: { node, port: 'table' },
    remedy: 'pass train: evened out, the figures of a part that judges would not be those of new rows',
  });
}

// Spread, so that the contracts' own, looser calls are no second signatures.

/** Says who is in a table: groups, their combinations, the label in each, with intervals and warnings. */
export const representation = Object.assign(represent, { ...contract.representation });

/**
 * Evens out the classes of the training part. A copy tells in its identity of the row that it was made from, so that a later split
 * keeps both in one part.
 */
export const resample = Object.assign(even, { ...contract.resample });

/** Gives each row of the training part a weight, in a column that trainers take: `train.net({ …, weight: 'weight' })`. */
export const weights = Object.assign(weigh, { ...contract.weights });
