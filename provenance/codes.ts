import { createRecord, readRecord, RECORDS, type JsonObject, type Store } from '../store/index.js';
import type { CodeParts } from '../project/code-parts.js';

/** Keeps, under each node's code hash, which files and packages it was taken of: what `explain` names when it changes. */
export async function noteCodes(
  store: Store,
  codes: Iterable<{ readonly node: string; readonly hash: string; readonly parts: CodeParts }>,
): Promise<void> {
  for (const { node, hash, parts } of codes)
    await createRecord(store, `codes/${hash}`, RECORDS.code, { node, ...parts } as unknown as JsonObject, {
      durable: false,
    });
}

/** The files and packages behind a code hash, as far as they are known. */
export async function readCode(store: Store, hash: string): Promise<CodeParts | undefined> {
  if (!/^[0-9a-f]{8,64}$/.test(hash)) return undefined;
  const code = await readRecord(store, `codes/${hash}`, RECORDS.code);
  return (code ?? undefined) as unknown as CodeParts | undefined;
}
