import { Parser } from 'htmlparser2';
import { UserError } from '../../../../core/index.js';
import type { SourceContext } from '../../../../activities/sources/index.js';
import { mayPass, Passing, request, retryAfterMs, retrying, toldOf, type Answer } from '../../fetching/index.js';
import { escaped, signed, type Credentials } from './sign.js';

/** Where objects lie and who asks for them. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: Credentials | undefined;
  readonly attempts: number;
}

/** An object as a list shows it. */
export interface S3Object {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

/** First pause between attempts, ms. */
export const PAUSE_MS = 500;
/** The most that a list or an error may have, bytes. */
const MOST_TEXT = 50_000_000;

/** The address of a key, or of the bucket for an empty one: the bucket stands in the path where the endpoint is named. */
export function addressOf({ name, region, endpoint }: Bucket, key: string): URL {
  const path = key.split('/').map(escaped).join('/');
  if (endpoint !== undefined) return new URL(`${endpoint.replace(/\/+$/, '')}/${name}/${path}`);
  // A dot in the name does not fit the certificate of the short form.
  const host = `s3.${region}.amazonaws.com`;
  return new URL(name.includes('.') ? `https://${host}/${name}/${path}` : `https://${name}.${host}/${path}`);
}

/** The headers of a request, signed where there is somebody to sign for. */
export function headersOf(bucket: Bucket, url: URL, more: Readonly<Record<string, string>>): Record<string, string> {
  return bucket.credentials ? signed(url, more, bucket.credentials, bucket.region, new Date()) : { ...more };
}

/** The objects whose keys begin with a prefix, in the order of their keys; folders that a console made are none. */
export async function list(
  bucket: Bucket,
  prefix: string,
  maxObjects: number,
  ctx: Pick<SourceContext, 'signal' | 'log' | 'progress'>,
): Promise<S3Object[]> {
  const found = new Map<string, S3Object>();
  for (let token: string | undefined = ''; token !== undefined;) {
    const url = addressOf(bucket, '');
    url.searchParams.set('list-type', '2');
    url.searchParams.set('prefix', prefix);
    url.searchParams.set('encoding-type', 'url');
    if (token !== '') url.searchParams.set('continuation-token', token);
    const page: Page = pageOf(await ask(bucket, url, ctx));
    for (const object of page.objects) if (!object.key.endsWith('/')) found.set(object.key, object);
    if (found.size > maxObjects) {
      throw new UserError(`more than ${maxObjects} objects begin with "${prefix}"`, {
        where: { field: 'prefix' },
        expected: `at most ${maxObjects}`,
        remedy: 'name a longer prefix, or raise maxObjects of the source',
      });
    }
    ctx.progress(0, `${found.size} objects`);
    token = page.next;
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The text of an answer of the store. */
async function ask(bucket: Bucket, url: URL, ctx: Pick<SourceContext, 'signal' | 'log'>): Promise<string> {
  return retrying({ attempts: bucket.attempts, pauseMs: PAUSE_MS, ...ctx }, async () => {
    // The query goes out as it is signed.
    const sent = new URL(url);
    sent.search = [...url.searchParams].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
    const answer = await request({
      url: sent,
      headers: headersOf(bucket, sent, {}),
      follows: () => false,
      signal: ctx.signal,
    });
    const text = await textOf(answer, bucket, ctx.signal);
    if (answer.status === 200) return text;
    throw refused(bucket, answer, text);
  });
}

/** The text of a body, up to a bound. */
async function textOf({ body }: Answer, { name }: Bucket, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      parts.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > MOST_TEXT) throw new UserError('the store answers with more than a list can be');
    }
  } catch (error) {
    throw toldOf(error, `the bucket ${name}`, signal);
  }
  return Buffer.concat(parts).toString();
}

/** What a store said against a request. */
export function refused({ name }: Bucket, { status, headers }: Answer, text: string): Error {
  const code = /<Code>([^<]{1,80})<\/Code>/.exec(text)?.[1] ?? '';
  const actual = `status ${status}${code && `, ${code}`}`;
  if (mayPass(status) || /SlowDown|InternalError|RequestTimeout$/.test(code)) {
    return new Passing(
      `the store of the bucket ${name} cannot answer now`,
      actual,
      retryAfterMs(headers['retry-after'], Date.now()),
    );
  }
  const region = headers['x-amz-bucket-region'];
  if (status === 301 || status === 307 || (status === 400 && region !== undefined)) {
    return new UserError(`the bucket ${name} lies in another region`, {
      where: { field: 'region' },
      actual,
      remedy: region === undefined ? 'name its region' : `region: '${String(region)}'`,
    });
  }
  const where = { field: status === 404 ? 'bucket' : 'key' };
  return new UserError(
    status === 404 ? `there is no bucket ${name}` : `the store does not let this request into the bucket ${name}`,
    {
      where,
      actual,
      remedy:
        status === 404
          ? 'correct the name of the bucket, or the endpoint'
          : 'check the secrets that keyId and key name, what they may do, the region, and the clock of this machine',
    },
  );
}

interface Page {
  readonly objects: readonly S3Object[];
  readonly next: string | undefined;
}

/** A page of a list (ListObjectsV2). */
function pageOf(xml: string): Page {
  const objects: S3Object[] = [];
  let next: string | undefined;
  let object: Record<string, string> = {};
  let text = '';
  const path: string[] = [];
  const parser = new Parser(
    {
      onopentag(name) {
        path.push(name);
        text = '';
        if (name === 'Contents') object = {};
      },
      ontext: (more) => void (text += more),
      onclosetag(name) {
        path.pop();
        if (path.at(-1) === 'Contents') object[name] = text;
        else if (name === 'NextContinuationToken') next = text;
        else if (name === 'Contents') {
          const { Key = '', ETag = '', Size = '' } = object;
          objects.push({ key: decodeURIComponent(Key.replaceAll('+', ' ')), etag: ETag, bytes: Number(Size) });
        }
        text = '';
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return { objects, next };
}
