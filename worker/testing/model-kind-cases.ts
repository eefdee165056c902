import { deepStrictEqual, ok, rejects } from 'node:assert/strict';
import { isTrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { partsOf } from '../../core/provided-parts.js';
import { randomFrom } from '@trainyard/numeric';
import {
  openModel,
  openScorer,
  taskType,
  writeModel,
  type FileContent,
  type ModelInput,
  type ModelKind,
  type ModelTask,
} from '../../models/index.js';
import type { FeatureRow, FittedTransform } from '@trainyard/transforms';

/** A small trained model of the kind under test. */
export interface ModelKindExample {
  readonly kind: ModelKind;
  readonly task: ModelTask;
  readonly settings: Json;
  readonly files: Readonly<Record<string, FileContent>>;
  /** Rows that it answers, three or more, and what takes them to features where the kind takes those. */
  readonly rows: readonly FeatureRow[];
  readonly transform?: FittedTransform;
  /** Columns of the rows, where no transform says them. */
  readonly inputs?: readonly ModelInput[];
}

export interface ModelKindCase {
  readonly name: string;
  run(example: ModelKindExample): Promise<void>;
}

const written = (example: ModelKindExample) =>
  writeModel({ ...example, metrics: {}, training: {}, libraries: {} }).then(({ files }) => ({ ...files }));

async function opened<Given>(
  example: ModelKindExample,
  use: (model: Awaited<ReturnType<typeof openModel>>) => Promise<Given>,
): Promise<Given> {
  const model = await openModel(await written(example), partsOf([example.kind]));
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/**
 * What every model kind must promise, as a list to run against a small trained model of it.
 *
 * ```ts
 * for (const one of modelKindCases) test(one.name, () => one.run(example));
 * ```
 */
export const modelKindCases: readonly ModelKindCase[] = [
  {
    name: 'says what it is, and has the task of its model',
    run: async ({ kind, task }) => {
      deepStrictEqual(kind.part, 'model kind');
      ok(kind.title.length > 0 && kind.tasks.includes(task.type));
    },
  },
  {
    name: 'gives for each row the numbers that its task names, and answers with them',
    run: (example) =>
      opened(example, async (model) => {
        const numbers = await model.score(example.rows);
        deepStrictEqual(numbers.length, example.rows.length * taskType(example.task).names(example.task).length);
        deepStrictEqual((await model.predict(example.rows)).length, example.rows.length);
        deepStrictEqual((await model.score([])).length, 0);
      }),
  },
  {
    name: 'gives a row alone, in a batch, and among others that go on at once the same bits',
    run: (example) =>
      opened(example, async (model) => {
        const together = await model.score(example.rows);
        const alone = await Promise.all(example.rows.map((row) => model.score([row])));
        deepStrictEqual(Float64Array.from(alone.flatMap((one) => [...one])), together);
      }),
  },
  {
    name: 'answers alike whatever came before, and gives its results away',
    run: (example) =>
      opened(example, async (model) => {
        const first = await model.score(example.rows);
        const kept = Float64Array.from(first);
        first.fill(NaN);
        await model.score([...example.rows].reverse());
        deepStrictEqual(await model.score(example.rows), kept);
      }),
  },
  {
    name: 'answers large, small and negative features too, and missing ones where it says so',
    run: async (example) => {
      if (example.transform === undefined) return;
      const random = randomFrom(1);
      const names = taskType(example.task).names(example.task);
      await openScorer(example, async (score, width) => {
        const rows = 50;
        const features = Float64Array.from({ length: rows * width }, () => {
          if (example.kind.missing && random.uniform() < 0.2) return NaN;
          return (random.uniform() * 2 - 1) * 10 ** (random.integer(12) - 6);
        });
        const numbers = await score(features, rows);
        for (let row = 0; row < rows; row++) {
          const given = numbers.slice(row * names.length, (row + 1) * names.length);
          deepStrictEqual(taskType(example.task).problem(given, example.task), undefined);
        }
      });
    },
  },
  {
    name: 'is written to the same bytes each time',
    run: async (example) => deepStrictEqual(await written(example), await written(example)),
  },
  {
    name: 'is disposed of without taking another of the same model with it',
    run: async (example) => {
      const files = await written(example);
      const parts = partsOf([example.kind]);
      const [one, other] = [await openModel(files, parts), await openModel(files, parts)];
      const before = await other.score(example.rows);
      await one.dispose();
      deepStrictEqual(await other.score(example.rows), before);
      await other.dispose();
    },
  },
  {
    name: 'refuses settings that are none, and a model that lacks one of its files, in words',
    run: async (example) => {
      const files = await written(example);
      const parts = partsOf([example.kind]);
      for (const file of Object.keys(example.files)) {
        const { [file]: _, ...others } = files;
        await rejects(openModel(others, parts), isTrainyardError, `without ${file}`);
      }
      const card = JSON.parse(String(files['model.json'])) as object;
      const wrong = JSON.stringify({ ...card, settings: 'none' });
      await rejects(openModel({ ...files, 'model.json': wrong }, parts), isTrainyardError);
    },
  },
];
