import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '@trainyard/errors';
import { exportFormat, packageNotice, standaloneModule } from '../../../models/index.js';
import { INPUT, onnx, OUTPUT, realOf } from '../onnx/format.js';
import { openInThread } from './in-thread.js';

const PACKAGE = 'onnxruntime-web';
/** Its file with the glue for WebAssembly inside, and the WebAssembly itself. */
const RUNTIME_FILES = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
const MODULE = 'predict.mjs';

/** The page, the server and the recipe: they are the same for all models. */
const ownFiles = fileURLToPath(new URL('./files', import.meta.url));

export const standalone = exportFormat({
  name: 'standalone',
  title: 'A folder that predicts by itself from raw rows: a web page, a module, a server with a container recipe',
  refuses: onnx.refuses,
  precisions: onnx.precisions!,
  async write(model, options) {
    const runtime = runtimeOf(options.project);
    const [written, module] = await Promise.all([onnx.write(model, options), standaloneModule()]);
    const own = readdirSync(ownFiles).map((name) => [name, readFileSync(path.join(ownFiles, name))] as const);
    const brought = RUNTIME_FILES.map((name) => [name, readFileSync(path.join(runtime, 'dist', name))] as const);
    return {
      ...written,
      files: {
        ...written.files,
        ...Object.fromEntries([...own, ...brought]),
        [MODULE]: module.text,
        NOTICE: `${packageNotice(runtime)}\n${module.notice}`,
      },
    };
  },
  async open(folder, model, project) {
    const base = pathToFileURL(`${folder}${path.sep}`);
    const scorer = await openInThread(new URL(MODULE, base), base, {
      input: { name: INPUT, type: realOf(model) },
      output: { name: OUTPUT },
    });
    const { version } = JSON.parse(readFileSync(path.join(runtimeOf(project), 'package.json'), 'utf8')) as {
      version: string;
    };
    return { runtime: `${PACKAGE} ${version}`, score: scorer.score, dispose: scorer.dispose };
  },
});

/** Folder of onnxruntime-web in the user's project. */
function runtimeOf(project: string): string {
  const require = createRequire(pathToFileURL(path.join(project, 'package.json')));
  try {
    // The package names no package.json among its entries.
    let folder = path.dirname(require.resolve(PACKAGE));
    while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
    return folder;
  } catch (cause) {
    throw new UserError(
      'the export cannot be written: onnxruntime-web, which goes into it, is not installed in this project',
      {
        where: { file: project },
        expected: `the package ${PACKAGE}, which trainyard itself does not need`,
        cause,
        remedy: `Run: npm install --save-dev ${PACKAGE}`,
      },
    );
  }
}
