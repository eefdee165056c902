import { sql, type Sql } from '@trainyard/tables';
import type { Coverage, TimeProfile } from '../profile.js';
import { histogramsOf } from './histograms.js';
import { countBy, figuresOf, type Counted, type Field, type Relation } from './relation.js';

const HELD = 4e6;
/** The most periods that a coverage counts: the unit is the finest with fewer. */
const PERIODS = 2000;
const UNITS: readonly (readonly [Coverage['unit'], number])[] = [
  ['second', 1e3],
  ['minute', 6e4],
  ['hour', 36e5],
  ['day', 864e5],
  ['week', 6048e5],
  ['month', 2629746e3],
  ['year', 31556952e3],
];

type Timed = Field & { readonly x: Sql };

/** Profiles the columns of dates and times. */
export async function profileTimes(relation: Relation, fields: readonly Timed[]): Promise<TimeProfile[]> {
  const counts = await figuresOf(relation, fields, ({ cell, x }) => ({
    present: sql`count(${cell})`,
    first: sql`min(${cell})`,
    last: sql`max(${cell})`,
    min: sql`min(${x})`,
    max: sql`max(${x})`,
  }));
  const distinct = await figuresOf(relation, fields, ({ cell }) => ({ n: sql`count(DISTINCT ${cell})` }), HELD);
  const limits = fields.map((field, i) => {
    const { min, max } = counts[i]!;
    const [from, to] = [typeof min === 'number' ? min : null, typeof max === 'number' ? max : null];
    return { field, x: field.x, min: from, max: to, unit: unitFor(from, to, field.type === 'date') };
  });
  const histograms = await histogramsOf(relation, limits);
  // Weeks begin with Monday; each period is told by the milliseconds of its beginning.
  const periods = await countBy(
    relation,
    limits,
    ({ field, unit }) => sql`epoch_ms(date_trunc(${unit}, ${field.cell}::TIMESTAMP)::TIMESTAMP)::DOUBLE`,
  );
  const weekdays = await countBy(relation, fields, ({ cell }) => sql`isodow(${cell}::TIMESTAMP)::DOUBLE`);
  const stamped = fields.filter(({ type }) => type === 'timestamp');
  const hours = await countBy(relation, stamped, ({ cell }) => sql`hour(${cell})::DOUBLE`);
  return fields.map((field, i) => {
    const { present, first, last } = counts[i]!;
    const { unit } = limits[i]!;
    return {
      name: field.name,
      type: field.type,
      rows: relation.rows,
      missing: relation.rows - Number(present),
      distinct: Number(distinct[i]!.n),
      kind: 'time',
      min: first === null ? null : String(first),
      max: last === null ? null : String(last),
      histogram: histograms[i]!,
      coverage: coverageOf(
        unit,
        (periods[i] ?? []).map(({ value }) => Number(value)).sort((a, b) => a - b),
      ),
      weekdays: spread(weekdays[i] ?? [], 7, 1),
      hours: field.type === 'timestamp' ? spread(hours[stamped.indexOf(field)] ?? [], 24, 0) : [],
    };
  });
}

function spread(counted: readonly Counted[], length: number, first: number): number[] {
  const rows = Array.from({ length }, () => 0);
  for (const one of counted) rows[Number(one.value) - first] = one.rows;
  return rows;
}

function unitFor(from: number | null, to: number | null, isDate: boolean): Coverage['unit'] {
  const span = from === null || to === null ? 0 : to - from;
  const fine = UNITS.find(([unit, ms]) => !(isDate && ms < 864e5) && span / ms < PERIODS && unit !== 'second');
  return span < 6e4 && !isDate ? 'second' : (fine?.[0] ?? 'year');
}

function coverageOf(unit: Coverage['unit'], starts: readonly number[]): Coverage | null {
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined) return null;
  let gap: { from: number; to: number; periods: number } | null = null;
  for (const [i, to] of starts.entries()) {
    const from = starts[i - 1];
    if (from === undefined) continue;
    const periods = between(unit, from, to) - 1;
    if (periods > (gap?.periods ?? 0)) gap = { from, to, periods };
  }
  return {
    unit,
    periods: between(unit, first, last) + 1,
    covered: starts.length,
    gap: gap && { from: new Date(gap.from).toISOString(), to: new Date(gap.to).toISOString(), periods: gap.periods },
  };
}

/** Periods from the beginning of one to that of another. */
function between(unit: Coverage['unit'], from: number, to: number): number {
  const [a, b] = [new Date(from), new Date(to)];
  const years = b.getUTCFullYear() - a.getUTCFullYear();
  if (unit === 'year') return years;
  if (unit === 'month') return years * 12 + b.getUTCMonth() - a.getUTCMonth();
  const ms = UNITS.find(([name]) => name === unit)?.[1] ?? 1;
  return Math.round((to - from) / ms);
}
