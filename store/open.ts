import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrainyardError } from '@trainyard/errors';
import { shownUrl } from '../core/shown-url.js';
import { FileStore } from './files.js';
import type { Store } from './store.js';

/**
 * The store that a URL names: `file:` URLs and plain paths are folders of a local disk, relative ones below `base`
 * (the working folder by default). Throws TY-CONFIG for other schemes.
 */
export function openStore(url: string, base: string = process.cwd()): Store {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined && url.trim() !== '') return new FileStore(path.resolve(base, url));
  if (scheme === 'file') {
    try {
      return new FileStore(fileURLToPath(url));
    } catch {
      throw notAStore(url);
    }
  }
  throw notAStore(url);
}

function notAStore(url: string): TrainyardError {
  return new TrainyardError('TY-CONFIG', {
    what: 'the store named in the configuration is of no kind that this version has',
    where: { field: 'store' },
    expected: "a folder, such as '.trainyard/store' or 'file:///var/trainyard'",
    actual: shownUrl(url),
  });
}
