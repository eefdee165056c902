import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openTable, sql, withDatabase } from '@trainyard/tables';
import type { FittedTransform } from '@trainyard/transforms';
import type { InputArtifact, NodeContext } from '../../../worker/index.js';
import { fitTransform } from '../../features/worker.js';
import { assignFoldsNode, takeFoldNode } from '../../split/worker.js';
import { readDataset, readNumbers, type DatasetRequest } from '../dataset.js';
import { featureColumnsOf, profilesOf, recipeOf, type Made } from './columns.js';
import { runInside } from './inside.js';
import type { BestTask, Form, Labelled, Lesson } from './learners/index.js';
import { madeArtifact } from './made-artifact.js';

export interface LessonOptions {
  readonly table: InputArtifact;
  readonly task: BestTask;
  readonly folds: number;
  readonly group: string | undefined;
  readonly time: string | undefined;
  /** What folds are dealt by. */
  readonly seed: number;
  /** Columns that no feature is made of, the target among them. */
  readonly not: readonly string[];
}

/** Tables of a fold: what it learns from, and what it is tried on. */
interface Fold {
  readonly train: InputArtifact;
  readonly held: InputArtifact | undefined;
}

/**
 * The lessons of a search: for each fold and each form of features, fitted on the fold's training rows alone, so that nothing of the rows
 * held out is known. Each is made when it is first asked for, and kept.
 */
export class Lessons {
  readonly #lessons = new Map<string, Promise<Lesson>>();
  readonly #transforms = new Map<string, FittedTransform>();
  readonly #profiles = new Map<number | 'all', ReturnType<typeof profilesOf>>();
  readonly #left = new Map<string, string>();

  private constructor(
    private readonly options: LessonOptions,
    private readonly ctx: NodeContext,
    /** Aborted when the call is cancelled, or its time is over. */
    private readonly signal: AbortSignal,
    private readonly folds: readonly Fold[],
  ) {}

  /** Deals the rows to folds. Throws what `split.folds` refuses. */
  static async deal(options: LessonOptions, ctx: NodeContext, signal: AbortSignal): Promise<Lessons> {
    const { table, task, group, time, folds: k, seed } = options;
    const label = task.type === 'classes' && time === undefined ? { label: task.label } : {};
    const params = {
      k,
      seed,
      ...label,
      ...(group === undefined ? {} : { group }),
      ...(time === undefined ? {} : { time }),
    };
    const dealt = await runInside(assignFoldsNode, { params, inputs: { table } }, ctx, { name: 'folds', signal });
    const folds = madeArtifact('table', dealt['folds']!);
    const all: Fold[] = [];
    for (let fold = 0; fold < k; fold++) {
      const parts = await runInside(takeFoldNode, { params: { fold }, inputs: { table, folds } }, ctx, {
        name: `fold-${fold}`,
        signal,
      });
      all.push({ train: madeArtifact('table', parts['train']!), held: madeArtifact('table', parts['validation']!) });
    }
    return new Lessons(options, ctx, signal, all);
  }

  get count(): number {
    return this.folds.length;
  }

  /** The lesson of a fold, by its number from 0, or of all rows. */
  of(fold: number | 'all', form: Form): Promise<Lesson> {
    const key = `${fold} ${form}`;
    let found = this.#lessons.get(key);
    if (!found) this.#lessons.set(key, (found = this.#make(fold, form)));
    return found;
  }

  /** The transform of a fold and a form whose lesson was made, in this attempt or one before. */
  transformOf(fold: number | 'all', form: Form): FittedTransform {
    return this.#transforms.get(`${fold} ${form}`)!;
  }

  get transforms(): Readonly<Record<string, FittedTransform>> {
    return Object.fromEntries(this.#transforms);
  }

  /** Columns that no feature was made of, with the reason, in this attempt or one before. */
  get left(): ReadonlyMap<string, string> {
    return this.#left;
  }

  /** Takes up what was fitted before, and what was left out. */
  know(
    transforms: Readonly<Record<string, FittedTransform>>,
    left: readonly (readonly [column: string, why: string])[],
  ): void {
    for (const [column, why] of left) this.#left.set(column, why);
    for (const [key, transform] of Object.entries(transforms)) this.#transforms.set(key, transform);
  }

  /** Frees what learners keep outside JavaScript's memory. */
  async dispose(): Promise<void> {
    for (const made of this.#lessons.values())
      await made.then(
        ({ shared }) => shared.forEach((one) => one.free()),
        () => undefined,
      );
    this.#lessons.clear();
  }

  async #make(fold: number | 'all', form: Form): Promise<Lesson> {
    const { table, task } = this.options;
    const { train, held }: Fold = fold === 'all' ? { train: table, held: undefined } : this.folds[fold]!;
    const name = `lesson-${fold}-${form}`;
    const made = await this.#recipe(fold, train, form);
    for (const { column, why } of made.left) if (fold === 'all' || !this.#left.has(column)) this.#left.set(column, why);
    const scratch = join(this.ctx.scratch, name);
    await mkdir(scratch, { recursive: true });
    const transform = await withDatabase({ scratch, signal: this.signal, threads: this.ctx.threads }, (database) =>
      fitTransform(database, train, made.recipe, scratch),
    );
    const request = { label: task.label, transform, missing: form === 'passed', scratch };
    this.#transforms.set(`${fold} ${form}`, transform);
    this.signal.throwIfAborted();
    const learned = await read({ ...request, table: train, part: 'train' }, task);
    this.signal.throwIfAborted();
    const lesson: Lesson = {
      transform,
      train: learned,
      held: held && (await read({ ...request, table: held, part: 'held out' }, task)),
      shared: new Map(),
    };
    await rm(scratch, { recursive: true, force: true });
    return lesson;
  }

  async #recipe(fold: number | 'all', train: InputArtifact, form: Form): Promise<Made> {
    const { task, not } = this.options;
    let profiles = this.#profiles.get(fold);
    if (!profiles) this.#profiles.set(fold, (profiles = this.#profile(train, not)));
    return recipeOf(await profiles, form, { name: task.label, as: task.type });
  }

  #profile(train: InputArtifact, not: readonly string[]): ReturnType<typeof profilesOf> {
    const options = { scratch: this.ctx.scratch, signal: this.signal, threads: this.ctx.threads };
    return withDatabase(options, async (database) => {
      const columns = featureColumnsOf(await openTable(database, 'rows', train), not);
      return profilesOf(database, sql`rows`, columns);
    });
  }
}

async function read(request: DatasetRequest, task: BestTask): Promise<Labelled> {
  if (task.type === 'number') return readNumbers(request);
  const data = await readDataset({ ...request, classes: task.classes });
  return { ...data, labels: Float64Array.from(data.labels) };
}
