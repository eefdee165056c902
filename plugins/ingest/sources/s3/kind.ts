import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { TransientError, UserError } from '../../../../core/index.js';
import { sourceKind, type SourceContext } from '../../../../activities/sources/index.js';
import { download } from '../../fetching/index.js';
import { readFormat } from '../../formats/index.js';
import { addressOf, headersOf, list, PAUSE_MS, refused, type Bucket, type S3Object } from './bucket.js';
import { s3 } from './contract.js';

/** Objects that are on their way at once. */
const AT_ONCE = 8;

type Options = z.output<(typeof s3)['spec']['options']>;

/** Takes objects out of a bucket. What an earlier snapshot has taken and has its ETag still is not sent again. */
export const s3Source = sourceKind(s3, {
  async state({ prefix, maxObjects, ...options }, { ctx }) {
    const objects = await list(bucketOf(options, ctx), prefix, maxObjects, ctx);
    return objects.length === 0 ? null : { version: digestOf(objects) };
  },

  async snapshot({ prefix, maxObjects, maxBytes, ...options }, { into, kept, ctx }) {
    const bucket = bucketOf(options, ctx);
    const objects = await list(bucket, prefix, maxObjects, ctx);
    const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
    if (objects.length === 0 || bytes > maxBytes) throw unfit(bucket, prefix, bytes, maxBytes);
    const folder = (await kept()) ?? ctx.scratch;
    const digits = String(objects.length).length;
    const files = objects.map((object, i) => ({ file: String(i + 1).padStart(digits, '0'), name: object.key }));
    let [next, taken] = [0, 0];
    const takeSome = async (): Promise<void> => {
      for (let i = next++; i < objects.length; i = next++) {
        const object = objects[i]!;
        const own = join(folder, 's3', createHash('sha256').update(object.key).digest('hex').slice(0, 32));
        await mkdir(own, { recursive: true });
        await take(bucket, object, { to: join(into, files[i]!.file), folder: own, maxBytes }, ctx);
        ctx.progress(++taken / objects.length, `${taken} of ${objects.length} objects`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, takeSome));
    if (digestOf(await list(bucket, prefix, maxObjects, ctx)) !== digestOf(objects)) throw changed(bucket, prefix);
    return {
      files,
      provenance: { bucket: bucket.name, prefix, objects: objects.length },
    };
  },

  readsOn: () => false,

  toTable: (snapshot, { bucket, prefix, format }, ask) => readFormat(snapshot, `${bucket}/${prefix}`, format, ask),
});

/** Downloads an object as the list showed it: one that has changed since is refused by the store (If-Match). */
async function take(
  bucket: Bucket,
  object: S3Object,
  { to, folder, maxBytes }: { to: string; folder: string; maxBytes: number },
  ctx: SourceContext,
): Promise<void> {
  const url = addressOf(bucket, object.key);
  await download(
    {
      url,
      // A body that is kept is asked for by If-None-Match; it is that of the list, or it is sent.
      headers: (more) => headersOf(bucket, url, 'if-none-match' in more ? more : { ...more, 'if-match': object.etag }),
      follows: () => false,
      maxBytes,
      retry: { attempts: bucket.attempts, pauseMs: PAUSE_MS },
      signal: ctx.signal,
      log: (message) => ctx.log(message),
      onBytes: () => ctx.progress(0, object.key),
      say: () => `${bucket.name}/${object.key}`,
      refuse: (answer) =>
        answer.status === 412 || answer.status === 404 ? changed(bucket, object.key) : refused(bucket, answer, ''),
    },
    to,
    folder,
  );
}

function bucketOf(options: Omit<Options, 'prefix' | 'maxObjects' | 'maxBytes'>, ctx: SourceContext): Bucket {
  const { bucket, region, endpoint, keyId, key, session, attempts } = options;
  if ((keyId === undefined) !== (key === undefined)) {
    throw new UserError('a request to S3 is signed with two secrets', {
      where: { field: keyId === undefined ? 'keyId' : 'key' },
      expected: 'keyId and key, or neither',
    });
  }
  const credentials = keyId &&
    key && {
      keyId: ctx.secret(keyId.secret),
      key: ctx.secret(key.secret),
      session: session && ctx.secret(session.secret),
    };
  return { name: bucket, region, endpoint, credentials, attempts };
}

function digestOf(objects: readonly S3Object[]): string {
  const hash = createHash('sha256');
  for (const { key, etag, bytes } of objects) hash.update(`${JSON.stringify([key, etag, bytes])}\n`);
  return `sha256-${hash.digest('hex')}`;
}

function changed({ name }: Bucket, what: string): TransientError {
  return new TransientError(`objects of ${name}/${what} changed while they were read`, {
    remedy: 'reading begins anew; have writers use keys of their own, and move on with a new prefix',
  });
}

function unfit({ name }: Bucket, prefix: string, bytes: number, maxBytes: number): UserError {
  if (bytes > maxBytes) {
    return new UserError(`the objects of ${name}/${prefix} are larger than they may be`, {
      where: { field: 'prefix' },
      expected: `at most ${maxBytes} bytes`,
      actual: `${bytes} bytes`,
      remedy: 'name a longer prefix, or raise maxBytes of the source',
    });
  }
  return new UserError(`no object in the bucket ${name} begins with "${prefix}"`, {
    where: { field: 'prefix' },
    expected: 'at least one object',
    actual: 'none',
    remedy: 'correct the prefix',
  });
}
