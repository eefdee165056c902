import type { Store } from '../store/index.js';
import type { CodeParts } from '../project/code-parts.js';

/** Keeps, under each node's code hash, which files and packages it was taken of: what `explain` names when it changes. */
export async function noteCodes(
  store: Store,
  codes: Iterable<{ readonly node: string; readonly hash: string; readonly parts: CodeParts }>,
): Promise<void> {
  for (const { node, hash, parts } of codes)
    await store.create(`codes/${hash}`, Buffer.from(JSON.stringify({ node, ...parts })), { durable: false });
}

/** The files and packages behind a code hash, as far as they are known. */
export async function readCode(store: Store, hash: string): Promise<CodeParts | undefined> {
  if (!/^[0-9a-f]{8,64}$/.test(hash)) return undefined;
  const body = await store.get(`codes/${hash}`);
  return body === null ? undefined : (JSON.parse(Buffer.from(body).toString('utf8')) as CodeParts);
}
