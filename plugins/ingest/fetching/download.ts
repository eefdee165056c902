import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { z } from 'zod';
import { TransientError, UserError } from '../../../core/index.js';
import { request, toldOf, type Answer, type RequestOptions } from './request.js';
import { mayPass, Passing, retryAfterMs, retrying, type Retrying } from './retry.js';

/** What is to be downloaded, and within which bounds. */
export interface Download extends Omit<RequestOptions, 'headers' | 'method'> {
  /** The headers of a request; asked for each, so that they can be signed. */
  readonly headers: (more: Readonly<Record<string, string>>) => Record<string, string>;
  readonly say: (url: URL) => string;
  /** Most bytes, unpacked. */
  readonly maxBytes: number;
  readonly retry: Pick<Retrying, 'attempts' | 'pauseMs'>;
  readonly log: (message: string) => void;
  /** Bytes that have come so far, for whoever waits. */
  readonly onBytes: (bytes: number) => void;
  /** Refuses a final answer that is no body, in the words of the source. Called for 4xx and 5xx that do not pass. */
  readonly refuse: (answer: Answer) => Error;
}

/** What a folder keeps of a body: enough to ask whether it is still the same, or to go on from where it was cut. */
const keptJson = z.strictObject({
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  encoding: z.string(),
  /** Of a whole body: its digest. */
  sha256: z.string().optional(),
});
type Kept = z.output<typeof keptJson>;

/**
 * Downloads a body into a file, whole or not at all. A connection that drops is resumed (Range, If-Range) where the server
 * says what the body is known by; else it begins anew. With a folder of an earlier download only what changed is sent.
 */
export async function download(what: Download, to: string, folder: string): Promise<void> {
  const body = join(folder, 'body');
  const facts = join(folder, 'body.json');
  const encoding = await retrying({ ...what.retry, signal: what.signal, log: what.log }, () =>
    attempt(what, body, facts),
  );
  await unpack(what, body, encoding, to);
}

async function attempt(what: Download, body: string, facts: string): Promise<string> {
  const kept = await keptOf(body, facts);
  const answer = await request({ ...what, headers: what.headers(asked(kept)) });
  const { status } = answer;
  try {
    if (status === 304 && kept?.facts.sha256 !== undefined) return kept.facts.encoding;
    if (status === 206 && kept && goesOn(answer, kept))
      return await receive(what, answer, kept.facts, kept.size, body, facts);
    if (status === 200) return await receive(what, answer, factsOf(answer), 0, body, facts);
    if (status === 416 || status === 206 || status === 304) {
      await forget(body, facts);
      throw new Passing(`${what.say(what.url)} has no such part any more`, `status ${status}`, 0);
    }
    if (mayPass(status)) {
      throw new Passing(
        `${what.say(what.url)} cannot answer now`,
        `status ${status}`,
        retryAfterMs(answer.headers['retry-after'], Date.now()),
      );
    }
    throw what.refuse(answer);
  } finally {
    answer.body.destroy();
  }
}

/** What a request asks for, given what is there: the rest, or whether the whole is still the same. */
function asked(kept: { facts: Kept; size: number } | undefined): Record<string, string> {
  if (!kept) return {};
  const { etag, lastModified, sha256 } = kept.facts;
  if (sha256 !== undefined) {
    return etag !== undefined
      ? { 'if-none-match': etag }
      : lastModified !== undefined
        ? { 'if-modified-since': lastModified }
        : {};
  }
  // A weak tag does not promise the same bytes.
  const known = etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
  return known !== undefined && kept.size > 0 ? { range: `bytes=${kept.size}-`, 'if-range': known } : {};
}

function factsOf({ headers }: Answer): Kept {
  const [etag, lastModified] = [headers.etag, headers['last-modified']];
  return {
    encoding: headers['content-encoding'] ?? 'identity',
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** Whether a part begins where what is there ends, and is of the same body. */
function goesOn({ headers }: Answer, { facts, size }: { facts: Kept; size: number }): boolean {
  const [, from] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const same = headers.etag === undefined || facts.etag === undefined || headers.etag === facts.etag;
  return facts.sha256 === undefined && same && Number(from) === size;
}

async function receive(
  what: Download,
  answer: Answer,
  facts: Kept,
  from: number,
  body: string,
  path: string,
): Promise<string> {
  const length = answer.headers['content-length'];
  const total = length === undefined ? undefined : from + Number(length);
  if (total !== undefined && total > what.maxBytes) throw tooLarge(what);
  await writeFile(path, JSON.stringify(facts));
  let bytes = from;
  try {
    await pipeline(
      answer.body,
      new Transform({
        transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
          bytes += chunk.length;
          what.onBytes(bytes);
          done(bytes > what.maxBytes ? tooLarge(what) : null, chunk);
        },
      }),
      createWriteStream(body, { flags: from > 0 ? 'a' : 'w' }),
      { signal: what.signal },
    );
  } catch (error) {
    throw toldOf(error, what.say(answer.url), what.signal);
  }
  if (total !== undefined && bytes !== total) {
    throw new TransientError(`${what.say(what.url)} sent less than it said`, {
      expected: `${total} bytes`,
      actual: `${bytes} bytes`,
    });
  }
  if (total === undefined && answer.headers['transfer-encoding'] === undefined) {
    what.log(`${what.say(what.url)} does not say how long it is: ${bytes} bytes came until the connection closed`);
  }
  await writeFile(path, JSON.stringify({ ...facts, sha256: await digestOf(body) } satisfies Kept));
  return facts.encoding;
}

/** What is kept, where it is what its facts say. */
async function keptOf(body: string, facts: string): Promise<{ facts: Kept; size: number } | undefined> {
  const [text, is] = await Promise.all([readFile(facts, 'utf8').catch(() => ''), stat(body).catch(() => undefined)]);
  try {
    const kept = keptJson.parse(JSON.parse(text));
    if (!is || (kept.sha256 !== undefined && (await digestOf(body)) !== kept.sha256)) return undefined;
    return { facts: kept, size: is.size };
  } catch {
    return undefined;
  }
}

async function forget(body: string, facts: string): Promise<void> {
  await Promise.all([rm(body, { force: true }), rm(facts, { force: true })]);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Unpacks what came packed on the way, and no more of it than is allowed. */
async function unpack(what: Download, body: string, encoding: string, to: string): Promise<void> {
  const unpacker = unpackerOf(encoding);
  const draft = `${to}.draft`;
  if (unpacker === undefined) {
    await copyFile(body, draft);
  } else if (unpacker === null) {
    throw new UserError(`${what.say(what.url)} is packed in a way that is not known`, {
      expected: 'gzip, deflate, br or nothing as Content-Encoding',
      actual: encoding,
    });
  } else {
    let bytes = 0;
    const bounded = new Transform({
      transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
        bytes += chunk.length;
        done(bytes > what.maxBytes ? tooLarge(what) : null, chunk);
      },
    });
    try {
      await pipeline(createReadStream(body), unpacker, bounded, createWriteStream(draft), { signal: what.signal });
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!/^(Z_|ERR__ERROR|ERR_BROTLI|ERR_)/.test(code)) throw error;
      throw new UserError(`${what.say(what.url)} is not packed as it says`, { expected: encoding, actual: code });
    }
  }
  await rename(draft, to);
}

function unpackerOf(encoding: string): NodeJS.ReadWriteStream | undefined | null {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}

function tooLarge({ url, maxBytes, say }: Download): UserError {
  return new UserError(`${say(url)} is larger than it may be`, {
    expected: `at most ${maxBytes} bytes, unpacked`,
    remedy: 'raise maxBytes of the source, if that much is meant',
  });
}
