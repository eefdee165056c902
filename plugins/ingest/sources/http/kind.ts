import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { UserError, type SecretRef } from '../../../../core/index.js';
import { sourceKind, type SourceContext } from '../../../../activities/sources/index.js';
import {
  download,
  mayPass,
  Passing,
  request,
  retryAfterMs,
  retrying,
  sayUrl,
  type Answer,
  type Download,
} from '../../fetching/index.js';
import { readFormat } from '../../formats/index.js';
import { http } from './contract.js';

type Options = z.output<(typeof http)['spec']['options']>;

const ONLY = 'source';

/** Downloads a file from an address. */
export const httpSource = sourceKind(http, {
  async state(options, { former, ctx }) {
    const what = downloadOf(options, ctx);
    const { etag, lastModified } = (former?.hint ?? {}) as { etag?: string; lastModified?: string };
    const same = etag ? { 'if-none-match': etag } : lastModified ? { 'if-modified-since': lastModified } : {};
    const answer = await retrying({ ...what.retry, signal: ctx.signal, log: ctx.log }, async () => {
      const got = await request({ ...what, headers: what.headers(same) });
      got.body.destroy();
      if (!mayPass(got.status)) return got;
      const pause = retryAfterMs(got.headers['retry-after'], Date.now());
      throw new Passing(`${what.say(what.url)} cannot answer now`, `status ${got.status}`, pause);
    });
    if (answer.status === 304 && former) return former;
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw what.refuse(answer);
    const { etag: tag, 'last-modified': modified, 'content-length': length } = answer.headers;
    if (tag !== undefined) return { version: tag, hint: { etag: tag } };
    if (modified !== undefined && length !== undefined) {
      return { version: `${modified} ${length}`, hint: { lastModified: modified } };
    }
    const body = join(ctx.scratch, ONLY);
    await download(what, body, ctx.scratch);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(body)) hash.update(chunk as Buffer);
    return { version: `sha256-${hash.digest('hex')}` };
  },

  async snapshot(options, { into, kept, ctx }) {
    const what = downloadOf(options, ctx);
    const folder = join((await kept()) ?? ctx.scratch, 'http');
    await mkdir(folder, { recursive: true });
    await download(what, join(into, ONLY), folder);
    const address = what.say(what.url);
    // Its end says the format.
    const name = typeof options.url === 'string' ? address.replace(/\?…$/, '') : address;
    return { files: [{ file: ONLY, name }], provenance: { address } };
  },

  readsOn: () => false,

  toTable: (snapshot, { format }, ask) => readFormat(snapshot, snapshot.files[0]?.name ?? 'the address', format, ask),
});

function downloadOf(options: Options, ctx: SourceContext): Download {
  const { url, headers, maxBytes, attempts, pauseSeconds, idleSeconds } = options;
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, valueOf(value, ctx)]));
  const say = typeof url === 'string' ? sayUrl : () => `the address in the secret ${url.secret}`;
  return {
    url: urlOf(url, ctx),
    headers: (more) => ({ ...own, ...more }),
    maxBytes,
    idleMs: idleSeconds * 1000,
    retry: { attempts, pauseMs: pauseSeconds * 1000 },
    signal: ctx.signal,
    log: (message) => ctx.log(message),
    onBytes: (bytes) => ctx.progress(0, `${bytes} bytes`),
    say,
    refuse: (answer) => refused(answer, say),
  };
}

function valueOf(value: string | SecretRef, ctx: SourceContext): string {
  return typeof value === 'string' ? value : ctx.secret(value.secret);
}

function urlOf(value: string | SecretRef, ctx: SourceContext): URL {
  const text = valueOf(value, ctx);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new UserError('the address of the source cannot be used', {
    where: { field: 'url' },
    expected: 'an http or https address without user and password',
    actual: typeof value === 'string' ? value : `what the secret ${value.secret} holds`,
    remedy: 'give user and password as a header: { authorization: { secret: … } }',
  });
}

const SAID: Readonly<Record<number, string>> = {
  401: 'lets nobody in without credentials',
  403: 'does not let this request in',
  404: 'is not there',
  410: 'is gone',
};

function refused({ status, url }: Answer, say: (url: URL) => string): UserError {
  return new UserError(`${say(url)} ${SAID[status] ?? 'does not give the file'}`, {
    where: { field: 'url' },
    expected: 'status 200',
    actual: `status ${status}`,
    remedy:
      status === 401 || status === 403
        ? "check the source's headers and the secrets that they name"
        : 'correct the address',
  });
}
