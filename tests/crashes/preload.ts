import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Options of Node that let a process of a package's dist/ die as a folder plans (`dieAsPlanned`): a module, written to
 * `file`, that is loaded before the program and listens at the package's crash points.
 */
export async function dyingAsPlanned(packageRoot: string, folder: string, file: string): Promise<string[]> {
  const points = pathToFileURL(
    path.join(realpathSync(packageRoot), 'dist', 'activities', 'run', 'crash-points.js'),
  ).href;
  const contents = [
    `import { onCrashPoint } from ${JSON.stringify(points)};`,
    `import { dieAsPlanned } from './die-as-planned.js';`,
    `onCrashPoint(dieAsPlanned(${JSON.stringify(folder)}));`,
  ].join('\n');
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: [points],
    logLevel: 'silent',
  });
  return ['--import', pathToFileURL(file).href];
}
