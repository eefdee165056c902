import { UserError } from '@trainyard/errors';
import { type Reported, sayDuration } from '../../../core/index.js';
import type { NodeContext } from '../../../worker/index.js';
import { breathing } from '../breathing.js';
import { packCheckpoint, unpackCheckpoint, type Checkpoint, type Position } from './checkpoint.js';
import type { Spending } from './spending.js';
import { sayLook, sayStop, type History, type Look, type Stop, type Validation } from './history.js';

/** What is trained, as the loop sees it. */
export interface Trainee {
  /** Steps of an epoch. */
  readonly steps: number;
  /** Does the next steps, at least one, none beyond the epoch's end or the next look within it. A loss that is NaN means that it diverged. */
  advance(position: Position, looks: readonly Look[]): Position | Promise<Position>;
  /** The learning rate of the last step. */
  rate?(): number;
  /** What validation rows say now; none without such rows. */
  validate(): Validation | undefined;
  /** Parameters first, then optimiser state. */
  read(): Float32Array[];
  write(state: readonly Float32Array[]): void;
}

export interface LoopOptions {
  readonly epochs: number;
  /** Looks without a lower validation loss after which training stops. */
  readonly patience: number;
  readonly minDelta: number;
  readonly checkpointSeconds: number;
  /** Steps between looks within an epoch; none or 0: at its end alone. */
  readonly lookEvery?: number;
  /** A look in the shape of the node's figures, so that a study finds its objective. */
  readonly reported: (look: Look) => Reported;
  /** What it may take, and what is said of that; nothing by default. */
  readonly spending?: Spending | undefined;
  /** Digest of everything that the training depends on. */
  readonly fingerprint: string;
}

type Surroundings = Pick<NodeContext, 'signal' | 'log' | 'progress' | 'checkpoint' | 'report' | 'goesOn'>;

/** Least time between two words on how far a long epoch is, in ms. */
const WORD_MS = 2000;

/**
 * Trains step by step, keeps the parameters of the lowest validation loss, stops when that has not fallen for
 * `patience` looks or when the loss is no longer a number. Taken up from a checkpoint, in the middle of an epoch too, it ends with the
 * same bits. Throws `Diverged` when it does before the first look, and the signal's reason when cancelled.
 */
export async function trainInEpochs(
  trainee: Trainee,
  options: LoopOptions,
  ctx: Surroundings,
): Promise<{ history: History; parameters: Float32Array }> {
  const { spending } = options;
  const taken = await takeUp(trainee, options, ctx);
  const looks: Look[] = [...taken.looks];
  let { best, bestLook, position } = taken;
  const breath = breathing(ctx.signal);
  const started = performance.now();
  const before = stepsDone(position, trainee);
  let [savedAt, saidAt] = [started, started];
  let stop: Stop | undefined = stopOf(looks, bestLook, options);

  const save = async (): Promise<void> => {
    const { fingerprint } = options;
    const spentMs = spending?.ms;
    const checkpoint = { fingerprint, position, looks, bestLook, spentMs, state: trainee.read(), best };
    await ctx.checkpoint.save(packCheckpoint(checkpoint));
    savedAt = performance.now();
  };
  const say = (words: string): void => {
    const done = stepsDone(position, trainee);
    const left = ((performance.now() - started) / Math.max(1, done - before)) * (options.epochs * trainee.steps - done);
    ctx.progress(
      done / (options.epochs * trainee.steps),
      `${words}; at most ${sayDuration(left)} left${spending?.soFar() ?? ''}`,
    );
    saidAt = performance.now();
  };

  // Cancelled, what was reached is kept: the same call goes on from there, with the best weights so far.
  const pause = async (): Promise<void> => {
    try {
      await breath();
    } catch (reason) {
      if (stepsDone(position, trainee) > before) {
        await save();
        ctx.log(
          `cancelled; what was reached is kept${bestLook > 0 ? `, the best of it in ${sayLook(looks[bestLook - 1]!)}` : ''}`,
        );
      }
      throw reason;
    }
  };

  while (!stop) {
    const [from, since] = [position.steps, spending?.ms ?? 0];
    position = await trainee.advance(position, looks);
    const ended = position.steps === trainee.steps;
    spending?.did(position.steps - from, since);
    const estimate = spending?.estimate(options.epochs * trainee.steps - stepsDone(position, trainee), ended);
    if (estimate !== undefined) ctx.log(estimate);
    const usedUp = spending?.usedUp();
    const { epoch, loss, weight } = position;
    const due = ended || usedUp !== undefined || (options.lookEvery && position.steps % options.lookEvery === 0);
    const validation = due ? trainee.validate() : undefined;
    if (!Number.isFinite(loss) || (validation && !Number.isFinite(validation.loss))) {
      if (bestLook === 0) throw new Diverged(epoch);
      stop = { kind: 'diverged', epoch };
      break;
    }
    if (!due) {
      if (options.checkpointSeconds > 0 && performance.now() - savedAt >= options.checkpointSeconds * 1000)
        await save();
      if (performance.now() - saidAt > WORD_MS)
        say(`epoch ${epoch} of ${options.epochs}, step ${position.steps} of ${trainee.steps}`);
      await pause();
      continue;
    }
    looks.push({
      epoch,
      ...(ended ? {} : { step: position.steps }),
      trainLoss: loss / weight,
      ...(validation ? { validation } : {}),
      ...(trainee.rate ? { learningRate: trainee.rate() } : {}),
    });
    position = ended ? { epoch: epoch + 1, steps: 0, loss: 0, weight: 0 } : { ...position, loss: 0, weight: 0 };
    if (isBest(looks, bestLook, options.minDelta)) {
      bestLook = looks.length;
      best = trainee.read()[0]!;
    }
    stop = stopOf(looks, bestLook, options) ?? (usedUp === undefined ? undefined : { kind: 'budget', budget: usedUp });
    say(sayProgress(looks, bestLook, options));
    if (stop ? ctx.goesOn : performance.now() - savedAt >= options.checkpointSeconds * 1000) await save();
    if (ended) await ctx.report(epoch, options.reported(looks.at(-1)!));
    await pause();
  }
  const last = looks.at(-1)!;
  const kept = looks[bestLook - 1]!;
  ctx.log(
    `ended after ${last.step === undefined ? `${last.epoch} epochs` : sayLook(last)}, as ${sayStop(stop)}; the best was ${sayLook(kept)}`,
  );
  if (spending) ctx.log(spending.took());
  return { history: { looks, best: bestLook, stop }, parameters: best };
}

const stepsDone = ({ epoch, steps }: Position, trainee: Trainee): number => (epoch - 1) * trainee.steps + steps;

async function takeUp(
  trainee: Trainee,
  { fingerprint, spending }: LoopOptions,
  ctx: Surroundings,
): Promise<Pick<Checkpoint, 'looks' | 'bestLook' | 'best' | 'position'>> {
  const bytes = await ctx.checkpoint.load();
  const saved = bytes && unpackCheckpoint(bytes, fingerprint);
  if (saved && 'refused' in saved) ctx.log(`a checkpoint was not taken up, as ${saved.refused}; training begins anew`);
  if (!saved || 'refused' in saved) {
    return { looks: [], bestLook: 0, best: new Float32Array(), position: { epoch: 1, steps: 0, loss: 0, weight: 0 } };
  }
  trainee.write(saved.state);
  if (saved.spentMs !== undefined) spending?.carry(saved.spentMs);
  const { epoch, steps } = saved.position;
  ctx.log(steps === 0 ? `taken up after epoch ${epoch - 1}` : `taken up after step ${steps} of epoch ${epoch}`);
  return saved;
}

/** Without validation rows the last look is the best. */
function isBest(looks: readonly Look[], bestLook: number, minDelta: number): boolean {
  const best = looks[bestLook - 1]?.validation;
  const last = looks.at(-1)?.validation;
  return !best || !last || last.loss < best.loss - minDelta;
}

function stopOf(looks: readonly Look[], bestLook: number, options: LoopOptions): Stop | undefined {
  const last = looks.at(-1);
  const { patience, lookEvery } = options;
  if (last?.validation !== undefined && looks.length - bestLook >= patience)
    return { kind: 'patience', ...(lookEvery ? { looks: patience } : { epochs: patience }) };
  return last && last.step === undefined && last.epoch >= options.epochs ? { kind: 'epochs' } : undefined;
}

function sayProgress(looks: readonly Look[], bestLook: number, { epochs }: LoopOptions): string {
  const { epoch, step, trainLoss, validation } = looks.at(-1)!;
  const at = `epoch ${epoch} of ${epochs}${step === undefined ? '' : `, step ${step}`}`;
  return `${at}: training loss ${trainLoss.toFixed(4)}${validation ? `, validation loss ${validation.loss.toFixed(4)}, best in ${sayLook(looks[bestLook - 1]!)}` : ''}`;
}

/** A training that diverged before its first look: nothing of it can be kept. */
export class Diverged extends UserError {
  constructor(readonly epoch: number) {
    super(`training diverged: the loss was no longer a number in epoch ${epoch}`, {
      expected: 'a finite loss',
      actual: 'NaN or infinite',
      remedy: 'lower learningRate (a tenth of it is a start), and look for extreme values in the features',
    });
  }
}
