import type { Digest } from '../../core/digest.js';
import { canonical, type Json } from '../../core/json.js';
import { identityOf, type NodeIdentity } from '../../core/key.js';
import type { CodeParts } from '../../project/code-parts.js';
import { makersOf, type NodeRecord, type Store } from '../../store/index.js';
import { readCode } from './codes.js';

/** One part of a call's identity that is not what it was. */
export interface Change {
  readonly part: 'version' | 'code' | 'params' | 'inputs' | 'seed' | 'threads' | 'backend' | 'id' | 'lineage' | 'fresh';
  /** The parameter's path or the input port. */
  readonly name?: string | undefined;
  /** JSON of the value, the digest, or `none`. */
  readonly before: string;
  readonly after: string;
  /** More about it: files that changed, who made an artifact. */
  readonly details: readonly string[];
}

/** The identity, as far as it is known: a call that never ran has no record of its code. */
export type KnownIdentity = Omit<NodeIdentity, 'version' | 'code' | 'inputs'> & {
  readonly version?: string | undefined;
  readonly code?: string | undefined;
  /** Undefined for an input that was never made. */
  readonly inputs: { readonly [port: string]: Digest | readonly Digest[] | undefined };
};

export function identityOfRecord(record: NodeRecord): NodeIdentity {
  return identityOf(record);
}

const NONE = 'none';
/** Artifacts of a list that are named one by one. */
const MOST_LISTED = 4;

/** In how many parts two identities differ: the fewer, the more alike the calls. */
export function distance(a: NodeIdentity, b: KnownIdentity): number {
  const fields = flatten(a.params);
  const other = flatten(b.params);
  const params = [...new Set([...fields.keys(), ...other.keys()])].filter(
    (path) => fields.get(path) !== other.get(path),
  );
  const ports = [...new Set([...Object.keys(a.inputs), ...Object.keys(b.inputs)])];
  const inputs = ports.filter((port) => String(a.inputs[port]) !== String(b.inputs[port]));
  const rest = b.version !== undefined && [
    a.version !== b.version,
    a.code !== b.code,
    a.seed !== b.seed,
    a.threads !== b.threads,
    a.backend !== b.backend,
    a.id !== b.id,
  ];
  return params.length + inputs.length + (rest || []).filter(Boolean).length;
}

/** Every part in which a call differs from an earlier one, in the order of the identity. */
export async function changesSince(store: Store, before: NodeIdentity, after: KnownIdentity): Promise<Change[]> {
  const changes: Change[] = [];
  const plain = (part: Change['part'], a: unknown, b: unknown, details: readonly string[] = []): void => {
    if (a !== b) changes.push({ part, before: say(a), after: say(b), details });
  };
  if (after.version !== undefined) plain('version', before.version, after.version);
  if (after.code !== undefined && before.code !== after.code)
    plain('code', before.code, after.code, await codeDetails(store, before.code, after.code));
  const [old, now] = [flatten(before.params), flatten(after.params)];
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort())
    if (old.get(path) !== now.get(path))
      changes.push({
        part: 'params',
        name: path,
        before: old.get(path) ?? NONE,
        after: now.get(path) ?? NONE,
        details: [],
      });
  for (const port of [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])].sort())
    changes.push(...(await inputChanges(store, port, before.inputs[port], after.inputs[port])));
  // Of a call that never ran the rest is not known.
  if (after.version === undefined) return changes;
  plain('seed', before.seed, after.seed);
  plain('threads', before.threads, after.threads);
  plain('backend', before.backend, after.backend);
  plain('id', before.id, after.id);
  plain('lineage', before.lineage, after.lineage);
  plain('fresh', before.fresh, after.fresh);
  return changes;
}

type Given = Digest | readonly Digest[] | undefined;

async function inputChanges(store: Store, port: string, before: Given, after: Given): Promise<Change[]> {
  const [old, now] = [listOf(before), listOf(after)];
  if (old.join() === now.join()) return [];
  const single = !Array.isArray(before) && !Array.isArray(after);
  if (single) {
    const [was, is] = [old[0], now[0]];
    return [
      { part: 'inputs', name: port, before: was ?? NONE, after: is ?? NONE, details: await madeBy(store, was, is) },
    ];
  }
  const changes: Change[] = [];
  if (old.length !== now.length) {
    const details = [
      ...(await listed(
        store,
        'gone:',
        old.filter((one) => !now.includes(one)),
      )),
      ...(await listed(
        store,
        'new: ',
        now.filter((one) => !old.includes(one)),
      )),
    ];
    const [before, after] = [`${old.length} artifacts`, `${now.length} artifacts`];
    return [{ part: 'inputs', name: port, before, after, details }];
  }
  for (let at = 0; at < old.length; at++) {
    if (old[at] === now[at]) continue;
    const details = await madeBy(store, old[at], now[at]);
    changes.push({ part: 'inputs', name: `${port}[${at}]`, before: old[at] ?? NONE, after: now[at] ?? NONE, details });
  }
  return changes;
}

function listOf(given: Given): readonly Digest[] {
  return given === undefined ? [] : typeof given === 'string' ? [given] : given;
}

/** Artifacts of a list that the other does not have: the first few. */
async function listed(store: Store, word: string, digests: readonly Digest[]): Promise<string[]> {
  const lines = await Promise.all(
    digests.slice(0, MOST_LISTED).map(async (digest) => `${word} ${digest}${await makerOf(store, digest)}`),
  );
  return digests.length > MOST_LISTED ? [...lines, `${word} and ${digests.length - MOST_LISTED} more`] : lines;
}

async function makerOf(store: Store, digest: Digest): Promise<string> {
  const record = (await makersOf(store, digest))[0];
  return record ? `, made by ${record.scope === '' ? '' : `${record.scope}/`}${record.node} in ${record.run}` : '';
}

async function madeBy(store: Store, before: Digest | undefined, after: Digest | undefined): Promise<string[]> {
  const maker = async (what: string, digest: Digest | undefined): Promise<string[]> => {
    const made = digest && (await makerOf(store, digest));
    return made ? [`${what}${made.slice(1)}`] : [];
  };
  return [...(await maker('before:', before)), ...(await maker('after: ', after))];
}

/** Which files and packages are not the same behind two code hashes. */
export async function codeDetails(store: Store, before: string, after: string): Promise<string[]> {
  const [old, now] = await Promise.all([readCode(store, before), readCode(store, after)]);
  if (!old || !now) return ['which files changed is not known: the code of one of them was not kept'];
  return partsChanged(old, now);
}

/** Which files and packages are not the same in two codes. */
export function partsChanged(old: CodeParts, now: CodeParts): string[] {
  return [...changed('files', old, now, ''), ...changed('packages', old, now, 'package ')];
}

function changed(of: keyof CodeParts, old: CodeParts, now: CodeParts, word: string): string[] {
  const [a, b] = [new Map(old[of]), new Map(now[of])];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name) => {
    const [was, is] = [a.get(name), b.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`${word}${name} is new`];
    if (is === undefined) return [`${word}${name} is not used any more`];
    return [of === 'packages' ? `${word}${name} ${was} → ${is}` : `${name} changed`];
  });
}

/** Leaves of a JSON value by their path: `space.units.low` → its JSON. */
function flatten(value: Json, path = '', into = new Map<string, string>()): Map<string, string> {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (typeof value !== 'object' || value === null || isEmpty) {
    if (path !== '' || !isEmpty) into.set(path, canonical(value));
    return into;
  }
  for (const [name, inner] of Object.entries(value))
    flatten(inner as Json, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, into);
  return into;
}

function say(value: unknown): string {
  return value === undefined ? NONE : typeof value === 'string' ? value : canonical(value);
}
