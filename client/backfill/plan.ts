import { digestText } from '../../core/digest.js';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { canonical, type Json } from '../../core/json.js';
import { partitionRunId } from '../../core/ids.js';
import {
  createRecord,
  putRecord,
  readRecord,
  RECORDS,
  type JsonObject,
  segmentOf,
  type Store,
} from '../../store/index.js';
import type { BackfillPlan, Partition } from '../../workflows/backfill/contract.js';

const FOLDER = 'backfills/';

/** What a backfill is made for. */
export interface BackfillAsk {
  readonly pipeline: string;
  readonly param: string;
  readonly values: readonly Json[];
  readonly params?: { readonly [name: string]: Json };
  /** Follows from all the others when absent, so that the same question is the same backfill. */
  readonly id?: string | undefined;
}

/** The plan of a backfill: each value once, in the order given, its run's id following from plan and value. */
export function planBackfill(
  { pipeline, param, values, params = {}, id }: BackfillAsk,
  project: string,
): Omit<BackfillPlan, 'createdAt'> {
  const distinct = [...new Map(values.map((value) => [canonical(value), value])).values()];
  if (distinct.length === 0)
    throw new TrainyardError('TY-USAGE', { what: `there is no value of ${param} to run ${pipeline} for` });
  const chosen = id ?? hexOf(canonical({ pipeline, param, params, values: distinct })).slice(0, 8);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(chosen))
    throw new TrainyardError('TY-PARAM', {
      what: `${JSON.stringify(chosen)} is not the id of a backfill`,
      where: { field: 'id' },
      expected: 'letters, digits, dots, hyphens and underscores, at most 40',
    });
  const partitions = distinct.map((value): Partition => {
    const run = partitionRunId(project, { pipeline, backfill: chosen, value, shown: shownOf(value) });
    return { value, run };
  });
  return { format: 1, id: chosen, pipeline, param, params, partitions };
}

/** A value as it can stand in an id; what tells it from others is the digest that the id ends in. */
function shownOf(value: Json): string {
  const text = typeof value === 'string' ? value : canonical(value);
  return text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
}

const hexOf = (text: string): string => digestText(text).slice('sha256-'.length);

/** Days or months from one date to another, both included: `2013-01-31`, `2013-01`. Throws TY-USAGE. */
export function dates(from: string, to: string, step: 'day' | 'month'): string[] {
  const shape = step === 'day' ? /^\d{4}-\d{2}-\d{2}$/ : /^\d{4}-\d{2}(-\d{2})?$/;
  const read = (text: string, field: string): Date => {
    const at = new Date(`${step === 'day' ? text : `${text.slice(0, 7)}-01`}T00:00:00Z`);
    if (
      shape.test(text) &&
      !Number.isNaN(at.getTime()) &&
      at.toISOString().startsWith(text.slice(0, step === 'day' ? 10 : 7))
    )
      return at;
    throw new TrainyardError('TY-USAGE', {
      what: `"${text}" is no ${step}`,
      where: { field },
      expected: step === 'day' ? 'a date such as 2013-01-31' : 'a month such as 2013-01',
    });
  };
  const end = read(to, '--to');
  const found: string[] = [];
  for (let at = read(from, '--from'); at <= end;) {
    found.push(at.toISOString().slice(0, step === 'day' ? 10 : 7));
    at = new Date(step === 'day' ? at.getTime() + 86_400_000 : Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));
  }
  if (found.length > 0) return found;
  throw new TrainyardError('TY-USAGE', { what: `${from} comes after ${to}`, where: { field: '--to' } });
}

/**
 * Records a plan, once; gives the one that counts. One that a former release recorded for the same question keeps the
 * ids of its runs, so that none is run twice. Throws TY-USAGE when there is another of this id.
 */
export async function recordBackfill(store: Store, plan: Omit<BackfillPlan, 'createdAt'>): Promise<BackfillPlan> {
  const whole: BackfillPlan = { ...plan, createdAt: new Date().toISOString() };
  const key = keyOf(plan.id);
  if (await createRecord(store, key, RECORDS.backfill, whole as unknown as JsonObject)) return whole;
  const known = await readBackfill(store, plan.id);
  if (isSameQuestion(known, plan)) {
    const mended = withOwnRuns(known, plan);
    if (mended !== known) await putRecord(store, key, RECORDS.backfill, mended as unknown as JsonObject);
    return mended;
  }
  throw new TrainyardError('TY-USAGE', {
    what: `there is another backfill "${plan.id}": of ${known.pipeline}, with ${known.partitions.length} values of ${known.param}`,
    remedy: 'choose another --id, or leave it to Trainyard',
  });
}

/** A known plan in which no two values share a run: a former release gave `1` and `"1"` one, which the text keeps. */
function withOwnRuns(known: BackfillPlan, plan: Omit<BackfillPlan, 'createdAt'>): BackfillPlan {
  const partitions = known.partitions.map((one, at): Partition => {
    const isShared = known.partitions.some(({ run }, index) => index !== at && run === one.run);
    return isShared && typeof one.value !== 'string' ? (plan.partitions[at] ?? one) : one;
  });
  return partitions.every((one, at) => one === known.partitions[at]) ? known : { ...known, partitions };
}

function isSameQuestion(one: BackfillPlan, other: Omit<BackfillPlan, 'createdAt'>): boolean {
  const [asked, again] = [one, other].map(({ pipeline, param, params, partitions }) =>
    canonical({ pipeline, param, params, values: partitions.map(({ value }) => value) }),
  );
  return asked === again;
}

/** A backfill's plan. Throws TY-RUN-UNKNOWN naming the nearest. */
export async function readBackfill(store: Store, id: string): Promise<BackfillPlan> {
  const plan = (await readRecord(store, keyOf(id), RECORDS.backfill)) as unknown as BackfillPlan | null;
  if (plan !== null) return plan;
  const known = (await listPlans(store)).map((one) => one.id);
  throw new TrainyardError('TY-RUN-UNKNOWN', {
    what: `there is no backfill "${id}"; ${sayNearest(id, known)}`,
    remedy: 'trainyard backfill list names them',
  });
}

/** All backfills, the youngest first. */
export async function listPlans(store: Store): Promise<BackfillPlan[]> {
  const plans: BackfillPlan[] = [];
  for await (const { key } of store.list(FOLDER)) {
    const plan = (await readRecord(store, key, RECORDS.backfill)) as unknown as BackfillPlan | null;
    if (plan !== null) plans.push(plan);
  }
  return plans.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

function keyOf(id: string): string {
  return `${FOLDER}${segmentOf(id)}`;
}
