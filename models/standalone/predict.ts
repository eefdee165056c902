import { parseTransform, type FeatureRow, type FittedTransform } from '@trainyard/transforms';
import type { ModelInput } from '../card.js';
import { largestDifference } from '../difference.js';
import { joinPredictor, type Answered, type Predictor } from '../predictor.js';
import type { ModelTask } from '../tasks/index.js';

/*
 * The module of a standalone export, for browsers and Node: it needs its own folder and nothing else. `bundle.ts` makes it one file.
 */

/** What `export.json` says that is used here. */
interface Manifest {
  readonly kind: string;
  readonly task: ModelTask;
  readonly columns: readonly ModelInput[];
  readonly input: { readonly name: string; readonly type: 'float32' | 'float64'; readonly features: readonly string[] };
  readonly output: { readonly name: string; readonly numbers: readonly string[] };
  readonly transform: string;
  readonly sample: string;
  readonly compared: { readonly allowed: number };
  /** A row that a request may bring; null where the model's sample gives none. */
  readonly example: FeatureRow | null;
}

/** What is used of onnxruntime-web. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number; wasmBinary: Uint8Array } };
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: string, values: Float32Array | Float64Array, shape: readonly number[]) => RuntimeTensor;
}
interface RuntimeTensor {
  readonly data: Float32Array | Float64Array;
}
interface Session {
  run(inputs: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** Files that stand beside this module, whatever the model is. */
const FILES = {
  manifest: 'export.json',
  model: 'model.onnx',
  runtime: 'ort.wasm.bundle.min.mjs',
  wasm: 'ort-wasm-simd-threaded.wasm',
} as const;

/** The arithmetic of an export: answers `[rows, outputs]` for features `[rows, width]`. */
export interface StandaloneScorer {
  score(features: Float64Array, rows: number): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** A model that runs where its folder is. */
export interface StandaloneModel {
  readonly manifest: Manifest;
  /** Answers rows by column name, each with every column, `null` where it is not known. Throws with a sentence for a row that does not fit. */
  predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Answered>;
  /** Answers the export's own sample again: its rows, and how far the answers lie from the kept ones, in units of the larger and 1. */
  check(): Promise<{ readonly rows: number; readonly difference: number; readonly allowed: number }>;
  dispose(): Promise<void>;
}

/** Opens the scorer of a folder. `type` and the names are those of `export.json`. */
export async function openScorer(
  folder: URL,
  {
    input,
    output,
  }: { readonly input: Pick<Manifest['input'], 'name' | 'type'>; readonly output: { readonly name: string } },
): Promise<StandaloneScorer> {
  const [runtime, wasm, model] = await Promise.all([
    import(new URL(FILES.runtime, folder).href) as Promise<Runtime>,
    readBytes(folder, FILES.wasm),
    readBytes(folder, FILES.model),
  ]);
  // More threads need headers that a plain web server does not send, and may add up in another order.
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmBinary = wasm;
  const session = await runtime.InferenceSession.create(model);
  return {
    score: async (features, rows) => {
      if (rows === 0) return new Float64Array(0);
      const values = input.type === 'float32' ? Float32Array.from(features) : features;
      const given = new runtime.Tensor(input.type, values, [rows, features.length / rows]);
      const { [output.name]: answers } = await session.run({ [input.name]: given });
      return Float64Array.from(answers!.data);
    },
    dispose: () => session.release(),
  };
}

/** Opens a folder that `trainyard models export --format standalone` wrote; by default the one that this module lies in. */
export async function openModel(folder: string | URL = new URL('.', import.meta.url)): Promise<StandaloneModel> {
  const base = new URL(folder);
  const manifest = JSON.parse(await readText(base, FILES.manifest)) as Manifest;
  const [transformText, scorer] = await Promise.all([readText(base, manifest.transform), openScorer(base, manifest)]);
  const transform = parseTransform(transformText);
  const predictor = predictorOf(manifest, transform, scorer);
  return {
    manifest,
    predict: (rows) => predictor.answer(rows),
    async check() {
      const kept = JSON.parse(await readText(base, manifest.sample)) as Record<
        'features' | 'answers',
        (number | null)[][]
      >;
      // JSON has no NaN: what is missing is null there.
      const features = Float64Array.from(kept.features.flat(), (value) => value ?? NaN);
      const answers = Float64Array.from(kept.answers.flat(), (value) => value ?? NaN);
      const difference = largestDifference(answers, await scorer.score(features, kept.features.length));
      return { rows: kept.features.length, difference, allowed: manifest.compared.allowed };
    },
    dispose: () => scorer.dispose(),
  };
}

function predictorOf(
  { kind, task, columns, input, output }: Manifest,
  transform: FittedTransform,
  scorer: StandaloneScorer,
): Pick<Predictor, 'answer'> {
  const card = { kind, task, inputs: [...columns] } as unknown as Parameters<typeof joinPredictor>[1];
  return joinPredictor({ name: kind, missing: true }, card, transform, {
    takes: 'features',
    width: input.features.length,
    outputs: output.numbers.length,
    score: (features, rows) => scorer.score(features, rows),
  });
}

async function readBytes(folder: URL, name: string): Promise<Uint8Array> {
  const file = new URL(name, folder);
  if (file.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return readFile(file);
  }
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`${name} is not there: the server answers ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function readText(folder: URL, name: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(folder, name));
}
