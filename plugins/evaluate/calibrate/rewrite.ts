import type { Json, Model } from '../../../core/index.js';
import {
  kindOnHand,
  MODEL_SAMPLE,
  readSample,
  writeModel,
  type ModelKind,
  type ModelTask,
  type Predictor,
} from '../../../models/index.js';
import type { InputArtifact, OutputArtifact } from '../../../worker/index.js';
import type { FittedTransform } from '@trainyard/transforms';

/** What becomes other than it was. */
export interface Change {
  readonly kind?: ModelKind;
  readonly settings?: Json;
  readonly task?: ModelTask;
  readonly transform?: FittedTransform;
  /** What was done, under its name in what the card says of training. */
  readonly training: Readonly<Record<string, Json>>;
  /** Left out where what was measured of the model before is not so of this one. */
  readonly metrics?: Readonly<Record<string, Json>>;
}

/** A model anew with one part changed: the rest is as it was, with a sample of what it answers now. */
export async function rewrite(
  artifact: InputArtifact,
  { card, transform }: Predictor,
  change: Change,
): Promise<OutputArtifact<Model<{ readonly task: 'classification' }>>> {
  const files = await Promise.all(card.files.map(async (name) => [name, await artifact.bytes(name)] as const));
  const { rows } = readSample(await artifact.text(MODEL_SAMPLE));
  const whole = change.transform ?? transform;
  const written = await writeModel({
    name: card.name,
    kind: change.kind ?? (await kindOnHand(card.kind)),
    task: change.task ?? card.task,
    settings: change.settings ?? (card.settings as Json),
    files: Object.fromEntries(files),
    ...(whole ? { transform: whole } : {}),
    ...(change.transform ? {} : { inputs: card.inputs }),
    metrics: change.metrics ?? (card.metrics as Readonly<Record<string, Json>>),
    training: { ...(card.training as Readonly<Record<string, Json>>), ...change.training },
    libraries: card.libraries,
    rows,
  });
  return written as OutputArtifact<Model<{ readonly task: 'classification' }>>;
}
