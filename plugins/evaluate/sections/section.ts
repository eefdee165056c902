import type { Json } from '../../../core/index.js';
import type { Draws, Interval, Sample } from '@trainyard/metrics';
import { sayFigure, type Html } from '@trainyard/pages';

/** What the report of an evaluation has for one type of task, beside its figures. Pure. */
export interface TaskSections<S extends Sample = Sample> {
  /** What only `report.json` holds. */
  details(sample: S): Readonly<Record<string, Json>>;
  /** Charts and tables, for people. */
  page(sample: S, draws: Draws): Html;
}

/** A bootstrap of rows without an error cannot see one: such an interval says nothing. */
export function between(interval: Interval | undefined): string {
  if (interval === undefined) return '';
  const [low, high] = interval;
  return low === high ? '–' : `${sayFigure(low)} to ${sayFigure(high)}`;
}

/** Points that are drawn at most. */
const MOST_POINTS = 500;

/** As many rows as are drawn, evenly from all. */
export function drawnRows(rows: number): number[] {
  const count = Math.min(rows, MOST_POINTS);
  return Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
