import { Readable } from 'node:stream';
import { extname } from 'node:path';
import type { FastifyReply } from 'fastify';
import { isDigest, type Digest } from '../../core/digest.js';
import { TrainyardError } from '@trainyard/errors';
import { Artifacts, readBlob, type Manifest, type Store } from '../../store/index.js';
import { artifactPage } from '../pages/artifact.js';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';

/** Types that a browser may show; all else is saved as a file, whatever it says it is. */
const SHOWN: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/** What nodes made may run in a frame of its own, without our origin, our cookies, or any network. */
const POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src data:; font-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/** Artifacts by digest, and nothing else: no path from outside ever reaches the disk. */
export const artifactRoutes: RouteModule = async (app, { services: { store } }) => {
  app.get<{ Params: { digest: string } }>(
    '/artifacts/:digest',
    says('The page of an artifact', { gives: 'page' }),
    async (request, reply) => {
      const { digest } = request.params;
      const manifest = await manifestOf(store, digest);
      const value = manifest.valueBlob
        ? (JSON.parse(new TextDecoder().decode(await readBlob(store, manifest.valueBlob.digest))) as unknown)
        : manifest.value;
      return reply.type('text/html; charset=utf-8').send(artifactPage(digest, manifest, value, request.keyName).text);
    },
  );

  app.get<{ Params: { digest: string; file: string } }>(
    '/artifacts/:digest/:file',
    says('A file of an artifact', { gives: 'file' }),
    async (request, reply) => {
      const { digest, file } = request.params;
      const manifest = await manifestOf(store, digest);
      if (manifest.kind.startsWith('sealed')) {
        throw new TrainyardError('TY-WIRE-KIND', {
          what: `this ${manifest.kind} stays sealed: looking at a test set spends it`,
          remedy: 'only the node evaluate.final opens it, on the record',
        });
      }
      const entry = manifest.files.find(({ name }) => name === file);
      if (!entry) throw unknown(`artifact ${digest} has no file "${file}"`);
      return send(store, reply, entry, request.headers['if-none-match']);
    },
  );
};

async function send(
  store: Store,
  reply: FastifyReply,
  entry: Manifest['files'][number],
  known: string | undefined,
): Promise<FastifyReply> {
  const etag = `"${entry.digest}"`;
  void reply.headers({
    'content-security-policy': POLICY,
    'cache-control': 'private, max-age=31536000, immutable',
    etag,
  });
  if (known === etag) return reply.code(304).send();
  const bytes = await store.getBlob(entry.digest);
  if (!bytes) throw unknown(`the file "${entry.name}" is gone from the store`);
  const type = SHOWN[extname(entry.name).toLowerCase()];
  if (type === undefined) {
    void reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(entry.name)}`);
  }
  return reply
    .type(type ?? 'application/octet-stream')
    .header('content-length', entry.size)
    .send(Readable.from(bytes));
}

async function manifestOf(store: Store, digest: string): Promise<Manifest> {
  if (!isDigest(digest)) throw unknown(`"${digest}" is not a digest`);
  return new Artifacts(store).manifest({ digest: digest as Digest });
}

function unknown(what: string): TrainyardError {
  return new TrainyardError('TY-STORE-MISSING', {
    what,
    remedy: 'look at the run page for the artifacts that there are',
  });
}
