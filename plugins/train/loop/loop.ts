import { UserError } from '@trainyard/errors';
import { type Reported, sayDuration } from '../../../core/index.js';
import type { NodeContext } from '../../../worker/index.js';
import { breathing } from '../breathing.js';
import { packCheckpoint, unpackCheckpoint } from './checkpoint.js';
import { sayStop, type Epoch, type History, type Stop, type Validation } from './history.js';

/** What is trained, as the loop sees it. */
export interface Trainee {
  /** One pass over the training rows; the mean loss, NaN when it diverged. `pause` lets others run, and throws when cancelled. */
  epoch(epoch: number, pause: () => Promise<void>): Promise<number>;
  /** What validation rows say now; none without such rows. */
  validate(): Validation | undefined;
  /** Parameters first, then optimiser state. */
  read(): Float32Array[];
  write(state: readonly Float32Array[]): void;
}

export interface LoopOptions {
  readonly epochs: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly checkpointSeconds: number;
  /** Digest of everything that the training depends on. */
  readonly fingerprint: string;
}

type Surroundings = Pick<NodeContext, 'signal' | 'log' | 'progress' | 'checkpoint' | 'report' | 'goesOn'>;

/**
 * Trains epoch by epoch, keeps the parameters of the lowest validation loss, stops when that has not fallen for
 * `patience` epochs or when the loss is no longer a number. Taken up from a checkpoint it ends with the same bits.
 * Throws a UserError when the first epoch diverges, and the signal's reason when cancelled.
 */
export async function trainInEpochs(
  trainee: Trainee,
  options: LoopOptions,
  ctx: Surroundings,
): Promise<{ history: History; parameters: Float32Array }> {
  const taken = await takeUp(trainee, options, ctx);
  const epochs: Epoch[] = [...taken.epochs];
  let { best, bestEpoch } = taken;
  let savedAt = performance.now();
  const pause = breathing(ctx.signal);
  const started = performance.now();
  let stop: Stop | undefined = stopOf(epochs, bestEpoch, options);

  for (let epoch = epochs.length + 1; !stop; epoch++) {
    const trainLoss = await trainee.epoch(epoch, pause);
    const validation = trainee.validate();
    if (!Number.isFinite(trainLoss) || (validation && !Number.isFinite(validation.loss))) {
      if (!best) throw diverged(epoch);
      stop = { kind: 'diverged', epoch };
      break;
    }
    epochs.push({ epoch, trainLoss, ...(validation ? { validation } : {}) });
    if (isBest(epochs, bestEpoch, options.minDelta)) {
      bestEpoch = epoch;
      best = trainee.read()[0];
    }
    stop = stopOf(epochs, bestEpoch, options);
    ctx.progress(
      epoch / options.epochs,
      sayProgress(epochs, bestEpoch, options, performance.now() - started, taken.epochs.length),
    );
    const due = stop ? ctx.goesOn : performance.now() - savedAt >= options.checkpointSeconds * 1000;
    if (due) {
      const { fingerprint } = options;
      await ctx.checkpoint.save(packCheckpoint({ fingerprint, epochs, bestEpoch, state: trainee.read(), best: best! }));
      savedAt = performance.now();
    }
    await ctx.report(epoch, figuresNow(trainLoss, validation));
    await pause();
  }
  ctx.log(`ended after ${epochs.length} epochs, as ${sayStop(stop)}; the best was epoch ${bestEpoch}`);
  return { history: { epochs, bestEpoch, stop }, parameters: best! };
}

/** An epoch in the shape of the node's figures, so that a study finds its objective. */
function figuresNow(trainLoss: number, validation: Validation | undefined): Reported {
  if (!validation) return { logLoss: trainLoss };
  return { logLoss: validation.loss, accuracy: validation.accuracy, f1: { macro: validation.f1Macro } };
}

async function takeUp(
  trainee: Trainee,
  { fingerprint }: LoopOptions,
  ctx: Surroundings,
): Promise<{ epochs: readonly Epoch[]; bestEpoch: number; best: Float32Array | undefined }> {
  const bytes = await ctx.checkpoint.load();
  const saved = bytes && unpackCheckpoint(bytes, fingerprint);
  if (saved && 'refused' in saved) ctx.log(`a checkpoint was not taken up, as ${saved.refused}; training begins anew`);
  if (!saved || 'refused' in saved) return { epochs: [], bestEpoch: 0, best: undefined };
  trainee.write(saved.state);
  ctx.log(`taken up after epoch ${saved.epochs.length}`);
  return { ...saved, epochs: saved.epochs as readonly Epoch[] };
}

/** Without validation rows the last epoch is the best. */
function isBest(epochs: readonly Epoch[], bestEpoch: number, minDelta: number): boolean {
  const best = epochs[bestEpoch - 1]?.validation;
  const last = epochs.at(-1)?.validation;
  return !best || !last || last.loss < best.loss - minDelta;
}

function stopOf(epochs: readonly Epoch[], bestEpoch: number, options: LoopOptions): Stop | undefined {
  const validated = epochs.at(-1)?.validation !== undefined;
  if (validated && epochs.length - bestEpoch >= options.patience) return { kind: 'patience', epochs: options.patience };
  return epochs.length >= options.epochs ? { kind: 'epochs' } : undefined;
}

function sayProgress(
  epochs: readonly Epoch[],
  bestEpoch: number,
  options: LoopOptions,
  spentMs: number,
  before: number,
): string {
  const { epoch, trainLoss, validation } = epochs.at(-1)!;
  const left = (spentMs / (epoch - before)) * (options.epochs - epoch);
  const losses = `training loss ${trainLoss.toFixed(4)}${validation ? `, validation loss ${validation.loss.toFixed(4)}, best in epoch ${bestEpoch}` : ''}`;
  return `epoch ${epoch} of ${options.epochs}: ${losses}; at most ${sayDuration(left)} left`;
}

function diverged(epoch: number): UserError {
  return new UserError(`training diverged: the loss was no longer a number in epoch ${epoch}`, {
    expected: 'a finite loss',
    actual: 'NaN or infinite',
    remedy: 'lower learningRate (a tenth of it is a start), and look for extreme values in the features',
  });
}
