import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NativeBackend } from './native.js';
import type { Recording } from './record.js';
import { savedModelOf, TAG } from './saved-model.js';

/** A recording that TensorFlow runs as one call. */
export interface Session {
  /** Outputs for inputs of the recorded shapes; the caller disposes both. */
  run(inputs: readonly Tensor[]): Tensor[];
  dispose(): void;
}

/** Hands a recording to TensorFlow, by way of a file in `folder` that is gone afterwards. Throws when it refuses the graph. */
export function openSession(backend: NativeBackend, recording: Recording, folder: string, inOrder = false): Session {
  const home = join(folder, 'recorded-steps');
  mkdirSync(home, { recursive: true });
  let session: number;
  try {
    writeFileSync(join(home, 'saved_model.pb'), savedModelOf(recording, backend.binding, inOrder));
    session = backend.loadSavedModelMetaGraph(home, TAG);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const inputs = recording.inputs.map(({ name }) => ({ name: `${name}:0` }));
  const outputs = recording.outputs.map((source) => (source.includes(':') ? source : `${source}:0`));
  return {
    run: (given) => backend.runSavedModel(session, [...given], inputs, outputs),
    dispose: () => backend.deleteSavedModel(session),
  };
}
