import { canonical } from '../../core/json.js';
import type { NodeRecord, Store } from '../../store/index.js';
import { changesSince, identityOfRecord } from './compare.js';

/** Two executions with equal inputs and parameters: what differs between them is theirs, not what came before. */
export function alike(was: NodeRecord, is: NodeRecord): boolean {
  const [a, b] = [identityOfRecord(was), identityOfRecord(is)];
  return canonical([a.params, a.inputs]) === canonical([b.params, b.inputs]);
}

/**
 * Why the same call may have given something else, in words: each thing on record that is not as it was. Needs the codes of
 * both in `store`, to name files.
 */
export async function causesOf(
  store: Store,
  was: NodeRecord | undefined,
  is: NodeRecord | undefined,
): Promise<string[]> {
  if (!was || !is) return [`it is not known why: there is no record of ${was ? 'the repetition' : 'the execution'}`];
  const changes = await changesSince(store, identityOfRecord(was), identityOfRecord(is));
  const said = changes
    .filter(({ part }) => part !== 'params' && part !== 'inputs' && part !== 'lineage' && part !== 'fresh')
    .map(({ part, before, after, details }) =>
      part === 'code' ? `its code: ${details.join(', ')}` : `${WORDS[part] ?? part} ${before} → ${after}`,
    );
  if (was.seed !== is.seed && !changes.some(({ part }) => part === 'seed' || part === 'code'))
    said.push(`its own seed ${String(was.seed)} → ${String(is.seed)}: another release of Trainyard drew it`);
  if (was.device !== is.device) said.push(`device ${was.device} → ${is.device}`);
  const names = [...new Set([...Object.keys(was.libraries), ...Object.keys(is.libraries)])].sort();
  for (const name of names) {
    const [before = 'none', after = 'none'] = [was.libraries[name], is.libraries[name]];
    if (before !== after) said.push(`${name} ${before} → ${after}`);
  }
  if (said.length > 0) return said;
  return [
    'nothing on record is other: its code gives something else each time (a clock, chance without ctx.seed), or reads what is no input',
  ];
}

const WORDS: Readonly<Record<string, string>> = { backend: 'TensorFlow on', seed: "the run's seed" };
