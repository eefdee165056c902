import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import type * as Tfjs from '@tensorflow/tfjs';
import { setupError } from './errors.js';
import { findTensorflow } from './tensorflow-install.js';

/** The interface of TensorFlow.js; the same for every backend. */
export type Tensorflow = typeof Tfjs;

export interface LoadOptions {
  /** Threads within an operation; default 1. The bits of the result depend on it, so it belongs to a node's declaration. */
  readonly threads?: number | undefined;
  /** `native` refuses to fall back, `wasm` leaves the native binding alone; default: native where it is installed. */
  readonly prefer?: 'native' | 'wasm' | undefined;
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
 * @throws {TrainyardError} TY-SETUP when nothing can be loaded, when `prefer` is `native` and it is not installed, or
 *   when this process has loaded it already with other options.
 */
export function loadTensorflow(options: LoadOptions = {}): Promise<LoadedTensorflow> {
  const { threads = 1, prefer, tools } = options;
  const request = JSON.stringify({ threads, prefer, tools });
  if (loaded && loaded.request !== request) {
    const reason = `this process has loaded it with ${loaded.request} and cannot load it again with ${request}.`;
    return Promise.reject(setupError('tensorflow', { reason }));
  }
  loaded ??= { request, result: load(threads, prefer, tools) };
  return loaded.result;
}

async function load(
  threads: number,
  prefer: LoadOptions['prefer'],
  tools: string | undefined,
): Promise<LoadedTensorflow> {
  // Read by the library when it starts; oneDNN is fixed because its kernels give other bits.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (prefer !== 'wasm') {
    const devices = visibleDevices();
    const gpu = devices === undefined ? undefined : findTensorflow({ gpu: true, tools });
    const native = gpu ?? findTensorflow({ tools });
    if (native) return loadNative(native.path, native.tensorflowVersion, gpu ? devices : undefined);
    if (prefer === 'native') throw setupError('tensorflow', { reason: 'the native binding is not installed.' });
  }
  return loadPortable(threads);
}

/** The devices that this process was given: none unless it was given some by name. */
function visibleDevices(): string | undefined {
  const named = process.env['CUDA_VISIBLE_DEVICES'];
  return named && named !== '-1' && existsSync('/dev/nvidia0') ? named : undefined;
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

async function loadPortable(threads: number): Promise<LoadedTensorflow> {
  const tf = quietly(() => require('@tensorflow/tfjs') as Tensorflow);
  silence(tf);
  const version = tf.version_core;
  try {
    const wasm = quietly(
      () => require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm'),
    );
    wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), sep));
    wasm.setThreadsCount(threads);
    if (await tf.setBackend('wasm')) return { tf, backend: 'wasm', version, device: 'cpu' };
  } catch {
    // No WebAssembly for us here: the plain backend needs nothing.
  }
  if (await tf.setBackend('cpu')) return { tf, backend: 'cpu', version, device: 'cpu' };
  throw setupError('tensorflow', { reason: 'no backend of TensorFlow.js could be set.' });
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
