import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setupError } from './errors.js';
import { fetchWheels, type FetchOptions } from './fetch-wheels.js';
import { pinnedHere, pins } from './pins.js';
import { installOnce, requireSpace, toolsFolder } from './tools-folder.js';
import { unpackZip } from './zip.js';

export interface LightgbmOptions extends FetchOptions {
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
}

/** LightGBM's library as it stands in the tools folder. */
export interface LightgbmInstall {
  /** Full path of the shared library. */
  readonly path: string;
  readonly version: string;
}

const UNPACKED_BYTES = 10_000_000;
const ENTRY = /^lightgbm\/(?:lib|bin)\/lib_lightgbm\.(?:so|dylib)$/;

function place(options: LightgbmOptions): { tools: string; folder: string; install: LightgbmInstall } {
  const tools = options.tools ?? toolsFolder(options.env);
  const { folder, version } = pinnedHere(pins.lightgbm);
  const file = process.platform === 'darwin' ? 'lib_lightgbm.dylib' : 'lib_lightgbm.so';
  return { tools, folder, install: { path: join(tools, folder, file), version } };
}

/**
 * The library in the tools folder; `undefined` where it was not fetched. Takes no time.
 * @throws {TrainyardError} TY-SETUP where it is not published for this kind of machine.
 */
export function findLightgbm(options: LightgbmOptions = {}): LightgbmInstall | undefined {
  const { install } = place(options);
  return existsSync(install.path) ? install : undefined;
}

/**
 * LightGBM's library, taken once out of its pinned wheel into the tools folder. A second call takes no time.
 * @throws {TrainyardError} TY-SETUP where it is not published for this kind of machine, TY-DOWNLOAD when fetching fails.
 */
export async function ensureLightgbm(options: LightgbmOptions = {}): Promise<LightgbmInstall> {
  const { tools, folder, install } = place(options);
  if (existsSync(install.path)) return install;
  const file = install.path.slice(join(tools, folder).length + 1);
  await installOnce(
    tools,
    folder,
    async (draft) => {
      const pinned = pinnedHere(pins.lightgbm);
      requireSpace(tools, pinned.bytes + UNPACKED_BYTES, 'LightGBM');
      const [wheel = ''] = await fetchWheels('lightgbm', pinned, draft, options);
      const written = await unpackZip(wheel, draft, (inside) => (ENTRY.test(inside) ? file : undefined), 0o755);
      if (written !== 1) throw setupError('archive', { file: wheel, reason: `it holds no ${file}` });
      rmSync(join(draft, 'wheels'), { recursive: true });
    },
    options.onProgress,
  );
  return install;
}
