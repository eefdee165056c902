import { loadLightgbm, type Dataset, type Parameters } from '../../../kit/lightgbm.js';
import { readiness, textDigest, trees as treesKind, TREES_FILE, type TreesSettings } from '../../kinds/trees.js';
import { withoutThreads } from '../../trees/boosting.js';
import { columnsOf } from '../../trees/columns.js';
import { logLossOf, numberLoss } from '../../trees/loss.js';
import type { FitRequest, Fitted } from './contract.js';

/** What is grown, beside the request. */
export interface Growing {
  /** LightGBM's parameters. */
  readonly parameters: Parameters;
  /** Iterations at most. */
  readonly iterations: number;
  /** Iterations without a lower loss on the held-out rows after which it ends; 0: never. */
  readonly patience: number;
}

/** Rows binned for all candidates of a lesson. */
interface Binned {
  readonly train: Dataset;
  readonly held: Dataset | undefined;
  free(): void;
}

/** Cells up to which one thread is enough. */
const SMALL = 200_000;

/** Grows trees on a lesson; watched on its held-out rows, the model has the trees of the best iteration. */
export async function grow(request: FitRequest, { parameters, iterations, patience }: Growing): Promise<Fitted> {
  const { lesson, task, seed, rounds, most, late, pause } = request;
  // Threads change no bit. On few cells they cost more than they give, most of all where others want the same cores.
  const threads = lesson.train.rows * lesson.train.width < SMALL ? 1 : request.threads;
  const lightgbm = await loadLightgbm();
  const columns = columnsOf(lesson.transform, lesson.train);
  const classes = task.type === 'classes' ? task.classes.length : 0;
  const outputs = classes > 2 ? classes : 1;
  const objective: Parameters =
    classes === 0
      ? { objective: 'regression' }
      : classes === 2
        ? { objective: 'binary' }
        : { objective: 'multiclass', num_class: classes };
  // What rows are binned by is the same for all candidates, whichever comes first.
  const common: Parameters = {
    max_bin: 255,
    feature_pre_filter: false,
    data_random_seed: 1,
    categorical_feature: columns.categories.length === 0 ? undefined : columns.categories.map(([at]) => at),
    deterministic: true,
    force_row_wise: true,
    verbosity: -1,
    num_threads: threads,
  };
  const native: Parameters = { ...common, ...objective, ...parameters, seed: seed % 2 ** 31 };
  const key = `lightgbm ${request.weights ? 'weighted' : ''}`;
  const binned = (lesson.shared.get(key) as Binned | undefined) ?? bin();
  lesson.shared.set(key, binned);

  function bin(): Binned {
    const rowsOf = ({ rows, width, features, labels }: FitRequest['lesson']['train'], weights?: Float64Array) => ({
      ...{ rows, width, features },
      labels: Float32Array.from(labels),
      weights: weights && Float32Array.from(weights),
    });
    const train = lightgbm.dataset(rowsOf(lesson.train, request.weights), common);
    // As they will be when served.
    const ready = lesson.held && {
      ...lesson.held,
      features: readiness(columns)(lesson.held.features, lesson.held.rows),
    };
    const held = ready && lightgbm.dataset(rowsOf(ready), common, train);
    return {
      train,
      held,
      free: () => {
        held?.free();
        train.free();
      },
    };
  }

  const loss = classes === 0 ? numberLoss('regression', 0) : logLossOf(classes);
  const watched = rounds === undefined && patience > 0 ? lesson.held : undefined;
  const scores = new Float64Array((watched?.rows ?? 0) * outputs);
  const truth = watched && Float32Array.from(watched.labels);
  const end = rounds ?? Math.min(iterations, most ?? iterations);
  const booster = lightgbm.booster(binned.train, native);
  try {
    if (watched) booster.watch(binned.held!);
    let [best, lowest] = [0, Infinity];
    let grown = 0;
    let stopped: number | undefined;
    while (grown < end) {
      const more = booster.grow();
      // Without a split nothing was added, but at the first iteration a constant.
      if (booster.iterations === grown) break;
      grown++;
      if (watched) {
        booster.scores(1, scores);
        const now = loss.of(scores, truth!);
        if (now < lowest) [best, lowest] = [grown, now];
        if (grown - best >= patience) break;
      } else best = grown;
      if (!more) break;
      await pause();
      if (late() && grown < end) {
        stopped = grown;
        break;
      }
    }
    const text = withoutThreads(booster.text(Math.max(1, best)));
    const settings: TreesSettings = { ...columns, iterations: best, sha256: textDigest(text) };
    return {
      kind: treesKind,
      settings: settings as unknown as Fitted['settings'],
      files: { [TREES_FILE]: text },
      libraries: { lightgbm: lightgbm.version },
      rounds: best,
      ...(stopped === undefined ? {} : { stopped }),
    };
  } finally {
    booster.free();
  }
}
