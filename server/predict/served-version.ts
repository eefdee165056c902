import { sayThrown } from '@trainyard/errors';
import type { Model, Ref } from '../../core/kinds.js';
import { MODEL_SAMPLE, openModel, type Predictor, type Responded } from '../../models/index.js';
import type { Artifacts } from '../../store/index.js';
import type { Row } from './request.js';
import { placeFor, type Place, type Scoring } from './scoring/place.js';

/** The version that an endpoint is to serve. */
export interface Assignment {
  readonly version: number;
  readonly model: Ref<Model>;
  /** Number of the move, in the model's history, that brought it there. */
  readonly move: number;
}

/** What versions are opened from, and how they score. */
export interface ModelHome {
  readonly artifacts: Artifacts;
  readonly scoring: Scoring;
}

/** What a version answers. */
export interface Answer {
  readonly version: number;
  /** The model that answers: it says what the numbers mean. */
  readonly predictor: Predictor;
  readonly responded: Responded;
  /** The traffic plan in force, and the arm that answers; absent where there is none. */
  readonly traffic?: { readonly plan: number; readonly arm: string } | undefined;
}

/**
 * One version of a model, opened whole, that has answered its own sample. It answers by itself, whoever else answers beside it, and is
 * freed once it is retired and has answered its last request.
 */
export class ServedVersion {
  /** Says what the model is, and what its numbers mean; where it is scored elsewhere it scores no more. */
  readonly predictor: Predictor;
  readonly #place: Place;
  #assignment: Assignment;
  /** Requests that it answers now. */
  #requests = 0;
  #retired = false;

  private constructor(assignment: Assignment, predictor: Predictor, place: Place) {
    this.#assignment = assignment;
    this.predictor = predictor;
    this.#place = place;
  }

  /** Opens the model of an assignment and lets it answer until it is warm. Throws what `openModel` throws. */
  static async open(assignment: Assignment, { artifacts, scoring }: ModelHome): Promise<ServedVersion> {
    const files = await artifacts.open(assignment.model);
    const predictor = await openModel(files);
    try {
      const sample = new TextDecoder().decode(await files.bytes(MODEL_SAMPLE));
      return new ServedVersion(assignment, predictor, await placeFor({ predictor, sample, ...assignment }, scoring));
    } catch (error) {
      await predictor.dispose();
      throw error;
    }
  }

  get assignment(): Assignment {
    return this.#assignment;
  }

  /** True when the assignment names this very version and model: then it need not be opened again. */
  isOf({ version, model }: Assignment): boolean {
    return this.#assignment.version === version && this.#assignment.model.digest === model.digest;
  }

  /** The same version, by another move of the alias. */
  moved(assignment: Assignment): void {
    this.#assignment = assignment;
  }

  /** Rows that wait for it, or are being scored. */
  get waitingRows(): number {
    return this.#place.queue.rows;
  }

  /** Answers rows: at once where the model does and they are not too many. Throws TY-ENDPOINT-BUSY, TY-ENDPOINT-LATE. */
  predict(rows: readonly Row[]): Answer | Promise<Answer> {
    const { predictor } = this;
    if (rows.length > this.#place.atOnce) return this.#waited(this.#place.queue.ask(rows));
    const { version } = this.#assignment;
    const responded = predictor.respond(rows);
    if (!(responded instanceof Promise)) return { version, predictor, responded };
    return this.#waited(responded);
  }

  /** Frees it once its last request is answered. It takes no more requests. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#freeIfDone();
  }

  async #waited(responding: Promise<Responded>): Promise<Answer> {
    const { predictor } = this;
    const { version } = this.#assignment;
    this.#requests++;
    try {
      return { version, predictor, responded: await responding };
    } finally {
      this.#requests--;
      this.#freeIfDone();
    }
  }

  #freeIfDone(): void {
    if (!this.#retired || this.#requests > 0) return;
    // A version that frees its memory badly must not take down the one that serves.
    this.#place.dispose().catch((error: unknown) => {
      process.stderr.write(`warn: a version that went could not be disposed of: ${sayThrown(error)}\n`);
    });
  }
}
