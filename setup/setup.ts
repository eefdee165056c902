import { findBinary, type BinaryName, type FoundBinary } from './binaries.js';
import { findChromium, type FoundChromium } from './chromium.js';
import { isTrainyardError } from '@trainyard/errors';
import { ensureLightgbm, findLightgbm, type LightgbmInstall } from './lightgbm.js';
import { ensureMinilm, findMinilm, type MinilmInstall } from './minilm.js';
import { pinnedHere, pins } from './pins.js';
import { megabytes, say, type OnProgress } from './progress.js';
import { ensureTensorflow, findTensorflow, type TensorflowInstall } from './tensorflow-install.js';

export type SetupStep =
  'temporal' | 'valkey' | 'tensorflow' | 'lightgbm' | 'uv' | 'minilm' | 'tensorflow-gpu' | 'chromium';

export interface SetupOptions {
  /** Default {@link toolsFolder}. */
  readonly tools?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Ends what is going on; what is complete stays. */
  readonly signal?: AbortSignal | undefined;
}

export interface SetupResult {
  temporal?: FoundBinary;
  valkey?: FoundBinary;
  tensorflow?: TensorflowInstall;
  tensorflowGpu?: TensorflowInstall;
  /** Absent where it could not be had: nodes that need it say so. */
  lightgbm?: LightgbmInstall;
  uv?: FoundBinary;
  minilm?: MinilmInstall;
  chromium?: FoundChromium;
}

/** One thing that the set-up would fetch. */
export interface PlannedDownload {
  readonly step: SetupStep;
  readonly what: string;
  readonly bytes: number;
  readonly why: string;
}

const WHY: Readonly<Record<BinaryName, string>> = {
  temporal: 'the Temporal server, which keeps every run',
  valkey: 'the Valkey server, for predictions',
  uv: 'the environments of Python nodes',
};

const isBinary = (step: SetupStep): step is BinaryName => step in WHY;

// Packages of tfjs-node's lock file, as npm fetches them.
const tfjsBytes = 72_000_000;

/** What the set-up would fetch from here on, with sizes, before it starts. Nothing is fetched. */
export async function planSetup(steps: readonly SetupStep[], options: SetupOptions = {}): Promise<PlannedDownload[]> {
  const plan: PlannedDownload[] = [];
  const add = (step: SetupStep, pin: keyof typeof pins, why: string, more = 0): void => {
    const { name, version, bytes } = pinnedHere(pins[pin]);
    plan.push({ step, what: `${name} ${version}`, bytes: bytes + more, why });
  };
  for (const step of steps) {
    try {
      if (isBinary(step)) {
        const why = WHY[step];
        const found = await findBinary(step, { ...options, download: false }).catch((error: unknown) => {
          if (!isTrainyardError(error)) throw error;
        });
        if (!found) add(step, step, why);
      } else if (step === 'tensorflow' && !findTensorflow(options)) {
        const pin = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflowCpu' : 'tensorflow';
        add(step, pin, 'training of neural nets at native speed', tfjsBytes);
      } else if (step === 'lightgbm' && !findLightgbm(options)) {
        add(step, 'lightgbm', 'gradient boosting and forests');
      } else if (step === 'minilm' && !findMinilm(options)) {
        add(step, 'minilm', 'a pretrained encoder of text, for fine-tuning');
      } else if (step === 'tensorflow-gpu' && !findTensorflow({ ...options, gpu: true })) {
        add(step, 'tensorflow', 'training of neural nets on a device', tfjsBytes);
        add(step, 'cuda', "NVIDIA's libraries for it");
      }
    } catch (error) {
      // Not published for this kind of machine: the step itself says so.
      if (!isTrainyardError(error)) throw error;
    }
  }
  return plan;
}

/**
 * Fetches and builds what is missing, and tells each download with its size before it starts. Done before, it takes
 * milliseconds; interrupted at any moment, it goes on with what is missing.
 * @throws {TrainyardError} TY-SETUP and TY-DOWNLOAD; without the native TensorFlow or LightGBM it goes on, and says why.
 */
export async function setup(
  steps: readonly SetupStep[] = ['temporal', 'valkey', 'tensorflow', 'lightgbm'],
  onProgress?: OnProgress,
  options: SetupOptions = {},
): Promise<SetupResult> {
  for (const { step, what, bytes, why } of await planSetup(steps, options)) {
    say(onProgress, step, `to fetch: ${what}, ${megabytes(bytes)}: ${why}`);
  }
  const settings = { ...options, onProgress };
  const result: SetupResult = {};
  for (const step of steps) {
    options.signal?.throwIfAborted();
    if (isBinary(step)) result[step] = await findBinary(step, settings);
    else if (step === 'tensorflow') result.tensorflow = await ensureTensorflow(settings);
    else if (step === 'minilm') result.minilm = await ensureMinilm(settings);
    else if (step === 'lightgbm') {
      const got = await lightgbmOrWhyNot(settings);
      if (typeof got === 'string') {
        say(onProgress, step, `trees cannot be trained or served here: ${got}`);
        continue;
      }
      result.lightgbm = got;
    } else if (step === 'tensorflow-gpu') result.tensorflowGpu = await ensureTensorflow({ ...settings, gpu: true });
    else result.chromium = await findChromium(settings);
    const tensorflow =
      step === 'tensorflow' ? result.tensorflow : step === 'tensorflow-gpu' ? result.tensorflowGpu : undefined;
    if (tensorflow?.kind === 'wasm')
      say(onProgress, step, `dense nets will be trained on WebAssembly: ${tensorflow.reason}`);
    else say(onProgress, step, 'ready');
  }
  return result;
}

/** LightGBM, or why it cannot be had: all else works without it. */
async function lightgbmOrWhyNot(settings: Parameters<typeof ensureLightgbm>[0]): Promise<LightgbmInstall | string> {
  try {
    return await ensureLightgbm(settings);
  } catch (error) {
    if (isTrainyardError(error)) return error.what;
    throw error;
  }
}
