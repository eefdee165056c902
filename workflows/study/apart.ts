import { isRef } from '../../core/handle.js';
import type { Ref } from '../../core/kinds.js';
import type { StudyAsk, TrialArgs } from '../../core/study/ask.js';
import { refusalOf } from '../../core/study/target.js';
import type { Engine } from '../engine/index.js';
import { requireContract } from './trial.js';

type Apart = { readonly held: readonly { readonly rows: number; readonly seen: number | null }[] };

/**
 * Throws TY-STUDY where the search of an outer fold is given rows of every table that is to judge it, before anything is
 * searched. One table that is held apart is enough: what is fitted anew for the judgement may have the search's rows too.
 */
export async function refuseSeen(engine: Engine, { target, shared, nested = [] }: StudyAsk): Promise<void> {
  for (const [i, { search, held }] of nested.entries()) {
    const tables = Object.entries(held).flatMap(([name, value]) => tablesIn(value).map((ref) => ({ name, ref })));
    const inner: readonly TrialArgs[] = Array.isArray(search) ? search : [search as TrialArgs];
    const seen = inner.flatMap((one) => tablesIn({ ...shared, ...one }));
    if (tables.length === 0 || seen.length === 0) continue;
    const asked = { seen: distinct(seen), held: tables.map(({ ref }) => ref) };
    const handle = engine.scope(`outer ${i + 1}`, () => engine.call(requireContract('tune.apart'), asked, {}))['out'];
    const apart = ((await handle) as Ref | undefined)?.value as Apart;
    if (!apart.held.every((one) => one.seen !== null && one.seen > 0)) continue;
    const said = apart.held.map((one, t) => `${one.seen} of the ${one.rows} rows of ${tables[t]?.name}`).join(', ');
    const the = tables.length === 1 ? 'the table' : 'every table';
    refusalOf({ name: target.name })(
      `nested.${i}.held`,
      `the search of outer fold ${i + 1} is given rows of ${the} that is to judge it: ${said}`,
      'in held, a table of rows that the inputs in search do not have',
    );
  }
}

/** References to tables anywhere in what a call is given. */
function tablesIn(value: unknown): Ref[] {
  if (isRef(value)) return value.kind === 'table' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(tablesIn);
}

const distinct = (refs: readonly Ref[]): Ref[] => [...new Map(refs.map((ref) => [ref.digest, ref])).values()];
