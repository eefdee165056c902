import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setupError } from './errors.js';
import { fetchWheels, lastLine, type FetchOptions } from './fetch-wheels.js';
import type { PinnedHere } from './pins.js';
import { isProgram, onPath, runProgram } from './program.js';
import { say } from './progress.js';
import { unpackZip } from './zip.js';

/** The C++ compiler: `CXX`, else g++, c++ or clang++ on the PATH. */
export function findCompiler(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['CXX'];
  if (named) return isProgram(named) ? named : onPath([named], env);
  return onPath(['g++', 'c++', 'clang++'], env);
}

// What the binding includes, found with g++ -M: 14 of the wheel's 13,000 headers.
const headers = /^tensorflow\/include\/((tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/;
const libraries = /^tensorflow\/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib))$/;

/** Takes TensorFlow's libraries (and the headers, for as long as the build takes) out of its wheel into `deps`. */
export async function unpackTensorflow(
  pin: PinnedHere,
  draft: string,
  deps: string,
  options: FetchOptions,
): Promise<void> {
  for (const wheel of await fetchWheels('tensorflow', pin, draft, options)) {
    await unpackZip(wheel, deps, (name) => {
      const [, library] = libraries.exec(name) ?? [];
      if (library) return join('lib', library);
      const [, header] = headers.exec(name) ?? [];
      return header && join('include', header);
    });
    rmSync(wheel);
  }
}

/**
 * Takes NVIDIA's libraries out of their wheels to `deps/nvidia`, where TensorFlow's own library looks for them
 * (its run path names `$ORIGIN/../nvidia/NAME/lib`).
 */
export async function unpackCuda(pin: PinnedHere, draft: string, deps: string, options: FetchOptions): Promise<void> {
  for (const wheel of await fetchWheels('tensorflow', pin, draft, options)) {
    const needed = (name: string): boolean => name.startsWith('nvidia/') && !name.includes('/include/');
    await unpackZip(wheel, deps, (name) => (needed(name) ? name : undefined), 0o755);
    rmSync(wheel);
  }
}

/** Link arguments for the two libraries, which the binding then finds relative to itself. */
function linkArguments(deps: string): string[] {
  const lib = join(deps, 'lib');
  const files = readdirSync(lib).filter((name) => name.startsWith('libtensorflow'));
  const origin = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const shared = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [...shared, ...files.map((name) => join(lib, name)), `-Wl,-rpath,${origin}/../../deps/lib`];
}

/**
 * Builds the binding of the package tfjs-node against TensorFlow's libraries. It uses Node-API version 8 alone, so one
 * build serves every Node from 20.3 on, without node-gyp or Node's own headers.
 * @throws {TrainyardError} TY-SETUP when there is no compiler or it refuses.
 */
export async function buildBinding(modules: string, packageFolder: string, options: FetchOptions): Promise<void> {
  const compiler = findCompiler(options.env);
  if (!compiler) throw setupError('compiler', {});
  say(options.onProgress, 'tensorflow', `building the binding with ${basename(compiler)} (about 15 s)`);
  const deps = join(packageFolder, 'deps');
  const objects = join(packageFolder, 'objects');
  const target = join(packageFolder, 'lib', 'napi-v8');
  mkdirSync(objects, { recursive: true });
  mkdirSync(target, { recursive: true });
  const includes = [packageFolder, join(deps, 'include'), join(modules, 'node-api-headers', 'include')];
  const flags = ['-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8', ...includes.flatMap((path) => ['-I', path])];
  const sources = readdirSync(join(packageFolder, 'binding')).filter((name) => name.endsWith('.cc'));
  const run = async (args: string[]): Promise<void> => {
    const { code, output } = await runProgram(compiler, args, {
      env: options.env ?? process.env,
      signal: options.signal,
    });
    options.signal?.throwIfAborted();
    if (code !== 0) throw setupError('build', { reason: lastLine(output), compiler });
  };
  await Promise.all(
    sources.map((name) =>
      run([...flags, '-c', join(packageFolder, 'binding', name), '-o', join(objects, `${name}.o`)]),
    ),
  );
  const parts = sources.map((name) => join(objects, `${name}.o`));
  await run([...parts, ...linkArguments(deps), '-o', join(target, 'tfjs_binding.node')]);
  rmSync(objects, { recursive: true });
  rmSync(join(deps, 'include'), { recursive: true });
}
