import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import util from 'node:util';
import { compileFunction } from 'node:vm';
import type * as Tfjs from '@tensorflow/tfjs-core';
// The operations as methods of tensors.
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import type { Backend } from '../core/config.js';
import { setupError } from './errors.js';
import { packageRoot } from './package-root.js';
import { findTensorflow } from './tensorflow-install.js';

/** What every backend has of TensorFlow.js: its core. */
export type Tensorflow = typeof Tfjs;

export interface LoadOptions {
  /** Threads within an operation; default 1. The bits of the result depend on it, so it belongs to a node's declaration. */
  readonly threads?: number | undefined;
  /** What to compute on, and nothing else; default: a device where one is visible, else native where it is installed. */
  readonly backend?: Backend | undefined;
  /** The tools folder; default as for the set-up. */
  readonly tools?: string | undefined;
}

export interface LoadedTensorflow {
  readonly tf: Tensorflow;
  /** `cpu` is plain JavaScript: 20 to 100 times slower than the others. */
  readonly backend: 'tensorflow' | 'wasm' | 'cpu';
  /** What the bits of a result depend on: TensorFlow's version for `tensorflow`, that of TensorFlow.js otherwise. */
  readonly version: string;
  /** `cpu`, or `cuda:` and the devices that this process may see. */
  readonly device: string;
}

const require = createRequire(import.meta.url);

let loaded: { readonly request: string; readonly result: Promise<LoadedTensorflow> } | undefined;

/**
 * Loads TensorFlow into this process, quietly: meant for an executor, once. It sets the threads and the switches on
 * which the bits of a result depend before the library starts, and cannot change them afterwards.
 * Found in this order: the binding for NVIDIA's devices where one is visible and installed, the native binding for the
 * processor, WebAssembly, plain JavaScript.
 * @throws {TrainyardError} TY-SETUP when nothing can be loaded, when the backend that was asked for cannot be, or when this process has loaded it already with other options.
 */
export function loadTensorflow(options: LoadOptions = {}): Promise<LoadedTensorflow> {
  const { threads = 1, backend, tools } = options;
  const request = JSON.stringify({ threads, backend, tools });
  if (loaded && loaded.request !== request) {
    const reason = `this process has loaded it with ${loaded.request} and cannot load it again with ${request}.`;
    return Promise.reject(setupError('tensorflow', { reason }));
  }
  loaded ??= { request, result: load(threads, backend, tools) };
  return loaded.result;
}

async function load(
  threads: number,
  backend: Backend | undefined,
  tools: string | undefined,
): Promise<LoadedTensorflow> {
  // Read by the library when it starts; oneDNN is fixed because its kernels give other bits.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (backend === 'wasm') return exactly(backend, await loadPortable(threads));
  const devices = visibleDevices();
  const gpu = devices === undefined || backend === 'native' ? undefined : findTensorflow({ gpu: true, tools });
  const native = gpu ?? (backend === 'cuda' ? undefined : findTensorflow({ tools }));
  if (native) return exactly(backend, loadNative(native.path, native.tensorflowVersion, gpu ? devices : undefined));
  if (backend !== undefined) throw setupError('tensorflow', { reason: `${sayBackend(backend)} is not installed.` });
  return loadPortable(threads);
}

/** Refuses what was loaded where it computes on something else than was asked for. */
function exactly(backend: Backend | undefined, loaded: LoadedTensorflow): LoadedTensorflow {
  if (backend === undefined || backendOf(loaded) === backend) return loaded;
  const reason = `it computes on ${sayBackend(backendOf(loaded))}, not on ${sayBackend(backend)}, which was asked for.`;
  throw setupError('tensorflow', { reason });
}

function backendOf({ backend, device }: LoadedTensorflow): Backend | 'cpu' {
  return backend !== 'tensorflow' ? backend : device === 'cpu' ? 'native' : 'cuda';
}

/** A backend in words. */
export function sayBackend(backend: string): string {
  const words: Readonly<Record<string, string>> = {
    native: 'native TensorFlow',
    wasm: 'WebAssembly',
    cuda: 'native TensorFlow on a device',
    cpu: 'plain JavaScript',
  };
  return words[backend] ?? backend;
}

/** Whether this machine can load a backend, for a process that is given a device or none. Takes no time. */
export function canLoad(backend: Backend, withDevice: boolean, tools?: string): boolean {
  if (backend === 'wasm') return true;
  if (backend === 'native') return findTensorflow({ tools }) !== undefined;
  return withDevice && hasDevices() && findTensorflow({ gpu: true, tools }) !== undefined;
}

function hasDevices(): boolean {
  return existsSync('/dev/nvidia0');
}

/** The devices that this process was given: none unless it was given some by name. */
function visibleDevices(): string | undefined {
  const named = process.env['CUDA_VISIBLE_DEVICES'];
  return named && named !== '-1' && hasDevices() ? named : undefined;
}

/** tfjs-node still calls these, which Node 22 warns of and later versions no longer have. */
function putBackRemovedFunctions(): void {
  const removed = util as unknown as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray?: (value: unknown) => boolean;
  };
  removed.isNullOrUndefined = (value) => value === null || value === undefined;
  removed.isArray = Array.isArray;
}

/** TensorFlow.js greets and advises on the console while it loads: this keeps a node's log to what the node says. */
function quietly<T>(work: () => T): T {
  const { log, warn, info } = console;
  const restore = (): void => void Object.assign(console, { log, warn, info });
  const silent = (): void => undefined;
  Object.assign(console, { log: silent, warn: silent, info: silent });
  try {
    return work();
  } finally {
    restore();
  }
}

/** Its own switch for the lines that it would print later; in TensorFlow.js 4.22 it does nothing else. */
function silence(tf: Tensorflow): void {
  tf.env().set('PROD', true);
}

function loadNative(path: string, version: string, devices: string | undefined): LoadedTensorflow {
  putBackRemovedFunctions();
  const tf = quietly(() => require(path) as Tensorflow);
  silence(tf);
  const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  return { tf, backend: 'tensorflow', version, device: devices && isUsingGpuDevice ? `cuda:${devices}` : 'cpu' };
}

type Portable = Tensorflow & Pick<typeof import('@tensorflow/tfjs-backend-wasm'), 'setThreadsCount' | 'setWasmPaths'>;

/** TensorFlow.js as it comes inside the package: built by scripts/portable-tensorflow.mjs. */
function portable(...parts: string[]): string {
  return join(packageRoot(), 'dist', 'portable-tensorflow', ...parts);
}

/** Versions of what it was built from, by the names that they have in records. Takes no time. */
export function portableVersions(): { readonly [name: string]: string } {
  return JSON.parse(readFileSync(portable('versions.json'), 'utf8')) as { [name: string]: string };
}

async function loadPortable(
  threads: number,
  from = (): unknown => require(portable('index.cjs')),
): Promise<LoadedTensorflow> {
  const tf = quietly(() => from() as Portable);
  silence(tf);
  const version = tf.version_core;
  try {
    tf.setWasmPaths(join(portable(), sep));
    tf.setThreadsCount(threads);
    if (await tf.setBackend('wasm')) return { tf, backend: 'wasm', version, device: 'cpu' };
  } catch {
    // No WebAssembly for us here: the plain backend needs nothing.
  }
  if (await tf.setBackend('cpu')) return { tf, backend: 'cpu', version, device: 'cpu' };
  throw setupError('tensorflow', { reason: 'no backend of TensorFlow.js could be set.' });
}

let serving: Promise<Tensorflow> | undefined;

/**
 * TensorFlow.js for the arithmetic of served models, on WebAssembly (or plain JavaScript): it needs no native part and stands beside
 * whatever this process computes on. Loaded once.
 */
export function servingTensorflow(): Promise<Tensorflow> {
  serving ??= loadPortable(1, apart).then(({ tf }) => tf);
  return serving;
}

/** All copies of TensorFlow.js in a process share the engine that the first has put among the globals; this one has its own. */
function apart(): unknown {
  const file = portable('index.cjs');
  const given = ['module', 'exports', 'require', '__filename', '__dirname', 'global'];
  const run = compileFunction(readFileSync(file, 'utf8'), given, { filename: file }) as (...of: unknown[]) => void;
  const globals = Object.assign(Object.create(globalThis) as object, { _tfengine: undefined, _tfGlobals: undefined });
  const module = { exports: {} };
  run(module, module.exports, createRequire(file), file, portable(), globals);
  return module.exports;
}

/**
 * Whether a line of a process's standard error is one that TensorFlow writes while it loads, before its own filter
 * works: for whoever shows the log of an executor.
 */
export function isTensorflowNoise(line: string): boolean {
  return /^WARNING: All log messages before absl::InitializeLog|^[IW]\d{4} .*\] (oneDNN custom operations|This TensorFlow binary is optimized)/.test(
    line,
  );
}
