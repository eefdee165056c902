import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTrainyardError, type TrainyardError } from '@trainyard/errors';
import { setupError } from './errors.js';
import { findPython, lastLine, type FetchOptions } from './fetch-wheels.js';
import { installLocked, runInstallScript } from './npm.js';
import { setupFile } from './package-root.js';
import { isPublishedHere, pinnedHere, pins, type PinnedHere } from './pins.js';
import { runProgram } from './program.js';
import { say } from './progress.js';
import { buildBinding, findCompiler, unpackCuda, unpackTensorflow } from './tensorflow-build.js';
import { bindTensorflow, pruneTensorflow } from './tensorflow-prune.js';
import { installOnce, requireSpace, toolsFolder } from './tools-folder.js';

export interface TensorflowOptions extends FetchOptions {
  /** The binding for NVIDIA's devices, with their libraries (3.4 GB to download); default false. */
  readonly gpu?: boolean | undefined;
  /** Try again although this machine could not build it before; default false. */
  readonly retry?: boolean | undefined;
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
}

export type TensorflowInstall =
  | {
      readonly kind: 'native';
      /** Folder of the package tfjs-node, to be loaded from there. */
      readonly path: string;
      readonly tensorflowVersion: string;
    }
  | {
      /** Dense nets train on WebAssembly; convolutions cannot be trained. */
      readonly kind: 'wasm';
      readonly reason: string;
    };

interface Recipe {
  readonly lock: 'tfjs' | 'tfjs-gpu';
  readonly packageName: string;
  readonly wheel: PinnedHere | undefined;
  readonly cuda: PinnedHere | undefined;
  /** In the tools folder; names everything that the result depends on. */
  readonly folder: string;
}

const tfjsVersion = '4.22.0';
const unpackedBytes = { tfjs: 1_250_000_000, 'tfjs-gpu': 8_000_000_000 };

function recipe(gpu: boolean): Recipe {
  const lock = gpu ? 'tfjs-gpu' : 'tfjs';
  const pin = !gpu && isPublishedHere(pins.tensorflowCpu) ? pins.tensorflowCpu : pins.tensorflow;
  const wheel = isPublishedHere(pin) ? pinnedHere(pin) : undefined;
  const cuda = gpu && isPublishedHere(pins.cuda) ? pinnedHere(pins.cuda) : undefined;
  const digest = createHash('sha256')
    .update(readFileSync(setupFile(lock, 'package-lock.json')))
    .update(JSON.stringify([wheel?.folder, cuda?.folder]))
    .digest('hex')
    .slice(0, 12);
  const folder = `${gpu ? 'tfjs-node-gpu' : 'tfjs-node'}-${tfjsVersion}-${process.platform}-${process.arch}-${digest}`;
  return { lock, packageName: `@tensorflow/tfjs-node${gpu ? '-gpu' : ''}`, wheel, cuda, folder };
}

/** The binding as it stands in the tools folder; `undefined` where it was not installed. Takes no time. */
export function findTensorflow(options: TensorflowOptions = {}): (TensorflowInstall & { kind: 'native' }) | undefined {
  const { folder, packageName } = recipe(options.gpu ?? false);
  const home = join(options.tools ?? toolsFolder(options.env), folder);
  try {
    const { tensorflowVersion } = JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8')) as {
      tensorflowVersion: string;
    };
    return { kind: 'native', path: join(home, 'node_modules', ...packageName.split('/')), tensorflowVersion };
  } catch {
    return undefined;
  }
}

/** Loads the finished binding in a process of its own: what comes back is TensorFlow's version. */
async function tryLoading(packageFolder: string, options: FetchOptions): Promise<string> {
  const program = `const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    console.log = console.warn = () => {};
    const tf = require(${JSON.stringify(packageFolder)});
    process.stdout.write('version ' + tf.backend().binding.TF_Version + '\\n');`;
  const env = { ...(options.env ?? process.env), TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' };
  const { code, output } = await runProgram(process.execPath, ['-e', program], { env, signal: options.signal });
  const version = /^version (\S+)$/m.exec(output)?.[1];
  if (code !== 0 || !version) throw setupError('build', { reason: lastLine(output), compiler: 'the compiler' });
  return version;
}

/** TensorFlow from its wheel, with hashes, and a binding built here. */
async function byWheel(
  draft: string,
  packageFolder: string,
  wheel: PinnedHere,
  plan: Recipe,
  options: FetchOptions,
): Promise<void> {
  const deps = join(packageFolder, 'deps');
  mkdirSync(deps, { recursive: true });
  await unpackTensorflow(wheel, draft, deps, options);
  if (plan.cuda) await unpackCuda(plan.cuda, draft, deps, options);
  rmSync(join(draft, 'wheels'), { recursive: true, force: true });
  await buildBinding(join(draft, 'node_modules'), packageFolder, options);
}

const ownInstallLimitMs = 10 * 60_000;

/** What the package does by itself where scripts are allowed: TensorFlow and a ready binding from its makers' store. */
async function byItsOwnInstall(draft: string, packageName: string, options: FetchOptions): Promise<void> {
  const message = `${packageName} cannot be built here and fetches a ready binding itself (no hash is known for it)`;
  say(options.onProgress, 'tensorflow', message);
  const { code, output, timedOut } = await runInstallScript(draft, packageName, ownInstallLimitMs, options);
  options.signal?.throwIfAborted();
  if (code === 0) return;
  const line = output.split('\n').find((text) => /^(\w*Error|npm error)\b/.test(text)) ?? lastLine(output);
  throw setupError('build', {
    reason: timedOut ? 'it took more than 10 minutes' : line.trim(),
    compiler: 'a compiler',
  });
}

/** What keeps this machine from building the binding, if anything does. */
async function obstacleToBuilding(plan: Recipe, env: NodeJS.ProcessEnv): Promise<TrainyardError | undefined> {
  if (!plan.wheel) {
    const platform = `${process.platform}-${process.arch}`;
    return setupError('platform', { what: 'TensorFlow', platform, variable: 'TRAINYARD_CACHE' });
  }
  if (!findCompiler(env)) return setupError('compiler', {});
  try {
    await findPython('TensorFlow', env);
    return undefined;
  } catch (error) {
    if (isTrainyardError(error)) return error;
    throw error;
  }
}

/** A failure that would come again: kept, so that the next set-up need not fetch everything to find that out. */
interface Refusal {
  readonly compiler: string | null;
  readonly reason: string;
}

function readRefusal(file: string): Refusal | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Refusal;
  } catch {
    return undefined;
  }
}

/** Why this machine could not build the native binding, if it was tried. Takes no time. */
export function whyNotNative(options: TensorflowOptions = {}): string | undefined {
  const tools = options.tools ?? toolsFolder(options.env);
  return readRefusal(join(tools, `${recipe(options.gpu ?? false).folder}.refused.json`))?.reason;
}

/** An installation made by a former version is pruned in place; one that this user may only read is used as it is. */
function pruneWhereAllowed(home: string, packageFolder: string): void {
  try {
    pruneTensorflow(home, packageFolder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ETXTBSY', 'ENOENT'].includes(code)) throw error;
  }
}

/**
 * The native TensorFlow binding, installed once into the tools folder, apart from the project's own packages.
 * With Python and a C++ compiler: TensorFlow's wheel, checked by hash, and a binding built against it. Without: the
 * install step of tfjs-node itself. When neither works the answer says why, and WebAssembly is used.
 * A second call costs a millisecond. A download that failed is tried again by the next call; a machine that cannot
 * build is remembered until it has another compiler, or `retry` is given.
 */
export async function ensureTensorflow(options: TensorflowOptions = {}): Promise<TensorflowInstall> {
  const env = options.env ?? process.env;
  const tools = options.tools ?? toolsFolder(env);
  const plan = recipe(options.gpu ?? false);
  const found = findTensorflow(options);
  if (found) {
    pruneWhereAllowed(join(tools, plan.folder), found.path);
    return found;
  }
  const refusalFile = join(tools, `${plan.folder}.refused.json`);
  const obstacle = await obstacleToBuilding(plan, env);
  const compiler = obstacle ? null : (findCompiler(env) ?? null);
  const refusal = options.retry ? undefined : readRefusal(refusalFile);
  if (refusal && refusal.compiler === compiler) return { kind: 'wasm', reason: refusal.reason };

  let isFetched = false;
  const install = async (draft: string): Promise<void> => {
    requireSpace(tools, unpackedBytes[plan.lock], 'TensorFlow');
    await installLocked(plan.lock, `${plan.packageName} ${tfjsVersion}`, draft, options);
    isFetched = true;
    const packageFolder = join(draft, 'node_modules', ...plan.packageName.split('/'));
    if (plan.wheel && !obstacle) await byWheel(draft, packageFolder, plan.wheel, plan, options);
    else await byItsOwnInstall(draft, plan.packageName, options);
    writeFileSync(join(draft, 'ready.json'), JSON.stringify({ tensorflowVersion: '' }));
    pruneTensorflow(draft, packageFolder);
    bindTensorflow(packageFolder);
    // Loaded as it stays: what pruning broke would be found here.
    const tensorflowVersion = await tryLoading(packageFolder, options);
    writeFileSync(join(draft, 'ready.json'), JSON.stringify({ tensorflowVersion, pruned: true }));
  };
  try {
    await installOnce(tools, plan.folder, install, options.onProgress);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isTrainyardError(error)) throw error;
    const reason = obstacle ? `${obstacle.what} ${error.what} ${obstacle.remedy}` : `${error.what} ${error.remedy}`;
    if (isFetched && error.code !== 'TY-DOWNLOAD') {
      writeFileSync(refusalFile, JSON.stringify({ compiler, reason } satisfies Refusal));
    }
    return { kind: 'wasm', reason };
  }
  const installed = findTensorflow(options);
  if (!installed) throw setupError('tensorflow', { reason: `${join(tools, plan.folder)} is not complete` });
  return installed;
}
