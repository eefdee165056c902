import { readFile, readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { extname, join } from 'node:path';
import { packageRoot } from '../setup/package-root.js';
import { TrainyardError } from '@trainyard/errors';
import type { RouteModule } from './services.js';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The style and the few scripts of the pages, as they stand in `server/assets`: read once, no build step. */
export const assetRoutes: RouteModule = async (app) => {
  const folder = join(packageRoot(), 'server', 'assets');
  const files = new Map<string, { body: Buffer; etag: string; type: string }>();
  for (const name of await readdir(folder)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = await readFile(join(folder, name));
    files.set(name, { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, type });
  }
  app.get<{ Params: { name: string } }>(
    '/assets/:name',
    { config: { access: 'open', api: { says: 'Style and scripts of the pages', gives: 'css' } } },
    async (request, reply) => {
      const file = files.get(request.params.name);
      if (!file) {
        throw new TrainyardError('TY-STORE-MISSING', { what: `there is no asset "${request.params.name}"` });
      }
      void reply.header('etag', file.etag).header('cache-control', 'no-cache').type(file.type);
      if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
      return reply.send(file.body);
    },
  );
};
