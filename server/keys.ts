import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';

const keysFile = z.object({
  keys: z.array(z.object({ name: z.string().min(1), key: z.string().min(16) })).min(1),
});

/** A key that may change things, and the name under which it stands in records. */
export interface AccessKey {
  readonly name: string;
  readonly key: string;
}

/** Name, time of expiry (ms), signature. A name may have dots. */
const SESSION = /^(.+)\.(\d{1,15})\.([\w-]+)$/s;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** The keys of a server, and the sessions signed with them. Holds no state: a session outlives a restart. */
export class KeyRing {
  readonly #keys: readonly AccessKey[];

  constructor(keys: readonly AccessKey[]) {
    this.#keys = keys;
  }

  /** The name of a key, or undefined when there is no such key. Takes the same time for all wrong keys. */
  nameOf(key: string): string | undefined {
    let found: string | undefined;
    for (const known of this.#keys) if (equal(known.key, key)) found = known.name;
    return found;
  }

  /** A session for whoever holds this key: `name.expiry.signature`, worthless once the key is gone from the file. */
  session(key: string, expires: number): string | undefined {
    const name = this.nameOf(key);
    return name === undefined ? undefined : `${name}.${expires}.${sign(key, name, expires)}`;
  }

  /** The key's name of a session that is valid at `now` (ms). */
  nameOfSession(session: string, now: number): string | undefined {
    const [, of, expires, signature] = SESSION.exec(session) ?? [];
    if (of === undefined || expires === undefined || signature === undefined || Number(expires) < now) return undefined;
    let found: string | undefined;
    for (const { name, key } of this.#keys)
      if (name === of && equal(sign(key, name, Number(expires)), signature)) found = name;
    return found;
  }
}

function sign(key: string, name: string, expires: number): string {
  return createHmac('sha256', key).update(`session\n${name}\n${expires}`).digest('base64url');
}

/**
 * The keys in a file; with `create`, a missing file is made with one random key named `local`, readable by its owner
 * only. Throws TY-CONFIG when the file is not what it should be or others may read it.
 */
export async function readKeys(file: string, options: { create?: boolean } = {}): Promise<readonly AccessKey[]> {
  if (options.create) await createKeys(file);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TrainyardError('TY-CONFIG', {
      what: 'the file with the keys of the server cannot be read',
      where: { file },
      remedy: 'trainyard dev makes one',
      cause,
    });
  });
  await chmod(file, 0o600);
  const parsed = keysFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.keys;
  throw new TrainyardError('TY-CONFIG', {
    what: 'the file with the keys of the server is not valid',
    where: { file, field: parsed.error.issues[0]?.path.join('.') || undefined },
    expected: '{"keys":[{"name":"local","key":"at least 16 characters"}]}',
    remedy: 'remove the file: trainyard dev makes a new one',
  });
}

async function createKeys(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // Exclusive creation: of two processes that start at once, one makes the key and both read it.
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (!handle) return;
  try {
    const key = `ty_${randomBytes(24).toString('base64url')}`;
    await handle.writeFile(`${JSON.stringify({ keys: [{ name: 'local', key }] }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
