import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Model, Ref } from '../../core/kinds.js';
import { provideParts } from '../../core/provided-parts.js';
import { partsOf } from '../../core/provided-parts.js';
import { writeModel, type ModelKind } from '../../models/index.js';
import { logisticRegression } from '../../plugins/train/kinds/logistic.js';
import { tensorParts } from '../../plugins/train/kinds/tensor-kind.js';
import { Artifacts, FileStore } from '../../store/index.js';
import { serverAlone } from '../alone.test-part.js';
import type { ServerOptions } from '../index.js';
import { AssignmentFiles } from './assignment-files.js';
import { predictRoutes, type PredictOptions } from './index.js';

/** A model of a mass and an island: `gentoo` above a mass of 5, more surely on Biscoe. */
export async function writeBirds(artifacts: Artifacts): Promise<Ref<Model>> {
  const output = await writeModel({
    kind: logisticRegression,
    task: { type: 'classification', label: 'species', classes: ['adelie', 'gentoo'] },
    ...tensorParts(
      {},
      {
        coefficients: { shape: [3, 2], values: Float64Array.from([-1, 1, -0.5, 0.5, 0, 0]) },
        intercepts: { shape: [2], values: Float64Array.from([0, 0]) },
      },
    ),
    transform: {
      format: 'trainyard.transform/1',
      steps: [
        { kind: 'numeric', column: 'mass', fill: 4, center: 5, scale: 1, clip: 1e6, indicator: false },
        { kind: 'categorical', column: 'island', categories: ['Biscoe', 'Dream'], missing: 'zeros', unknown: 'zeros' },
      ],
      rows: 1,
    },
    metrics: {},
    training: {},
    libraries: {},
    rows: [{ mass: 4, island: 'Biscoe' }],
  });
  return (await artifacts.write('model', output)) as Ref<Model>;
}

/** Further endpoints, by their names, with the kinds that open their models. */
export interface Beside {
  readonly kinds?: readonly ModelKind[];
  readonly models: Readonly<Record<string, (artifacts: Artifacts) => Promise<Ref<Model>>>>;
}

/** A server that serves a model as `birds` without Temporal: as one that knows what it served last. */
export async function serveBirds(
  options: Partial<PredictOptions> = {},
  more: Partial<ServerOptions> = {},
  { kinds = [], models }: Beside = { models: {} },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-birds-'));
  provideParts(() => partsOf([logisticRegression, ...kinds]));
  const store = new FileStore(path.join(folder, 'store'));
  const artifacts = new Artifacts(store);
  const assignments = new AssignmentFiles(path.join(folder, 'state', 'endpoints'));
  for (const [name, write] of Object.entries({ birds: writeBirds, ...models }))
    await assignments.save(name, { version: 3, move: 1, model: await write(artifacts) });
  const server = await serverAlone(
    {
      keys: [{ name: 'local', key: 'a key for this test only' }],
      routes: [predictRoutes({ stateFolder: path.join(folder, 'state'), pollMs: 600_000, ...options })],
      ...more,
    },
    store,
  );
  return {
    url: server.url,
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
