import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import type { Model, Ref } from '../../core/kinds.js';
import { openModel, type ModelTask, type Answered, type Prediction, type Predictor } from '../../models/index.js';
import type { Artifacts } from '../../store/index.js';

/** The version that an endpoint is to serve. */
export interface Assignment {
  readonly version: number;
  readonly model: Ref<Model>;
  /** Number of the move, in the model's history, that brought it there. */
  readonly move: number;
}

interface Served {
  assignment: Assignment;
  readonly predictor: Predictor;
  /** Requests that it answers now; the last one frees it once another version has taken over. */
  requests: number;
  retired: boolean;
}

export interface Answer {
  readonly version: number;
  /** What the version answers. */
  readonly task: ModelTask;
  readonly predictions: readonly Prediction[];
  /** Rows with columns whose value training did not have. */
  readonly unknown: Answered['unknown'];
  /** Rows with columns that look back farther than the earlier rows that came along. */
  readonly short: Answered['short'];
}

/**
 * A served model name. A new version is opened whole, and has answered its own sample, before it takes over; a request
 * is answered by one version from beginning to end. What cannot be opened leaves the version before in service.
 */
export class Endpoint {
  readonly name: string;
  readonly #artifacts: Artifacts;
  #served: Served | undefined;
  #problem: { readonly what: string; readonly remedy?: string | undefined } | undefined;
  #swap: Promise<void> = Promise.resolve();

  constructor(name: string, artifacts: Artifacts) {
    this.name = name;
    this.#artifacts = artifacts;
  }

  get assignment(): Assignment | undefined {
    return this.#served?.assignment;
  }

  /** Why the newest version could not take over. */
  get problem(): string | undefined {
    return this.#problem?.what;
  }

  /** The model in service. Throws TY-ENDPOINT-NOT-READY while there is none. */
  get predictor(): Predictor {
    return this.#current().predictor;
  }

  async predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Answer> {
    const served = this.#current();
    served.requests++;
    try {
      const { predictor, assignment } = served;
      return { version: assignment.version, task: predictor.card.task, ...(await predictor.answer(rows)) };
    } finally {
      served.requests--;
      freeIfDone(served);
    }
  }

  /**
   * Brings a version into service, one after the other in the order of the calls; true when it serves now. A version
   * that serves already is not opened again.
   */
  assign(assignment: Assignment): Promise<boolean> {
    const turn = this.#swap.then(async () => {
      const now = this.#served?.assignment;
      if (now?.model.digest === assignment.model.digest && now.version === assignment.version) {
        this.#served = Object.assign(this.#served!, { assignment });
        this.#problem = undefined;
        return true;
      }
      try {
        const predictor = await openModel(await this.#artifacts.open(assignment.model));
        const before = this.#served;
        this.#served = { assignment, predictor, requests: 0, retired: false };
        if (before) {
          before.retired = true;
          freeIfDone(before);
        }
        this.#problem = undefined;
        return true;
      } catch (error) {
        this.#problem = problemOf(this.name, assignment, error);
        return false;
      }
    });
    this.#swap = turn.then(() => undefined);
    return turn;
  }

  /** Frees the version in service once its last request is answered. */
  close(): void {
    if (!this.#served) return;
    this.#served.retired = true;
    freeIfDone(this.#served);
    this.#served = undefined;
  }

  #current(): Served {
    if (this.#served) return this.#served;
    throw new TrainyardError('TY-ENDPOINT-NOT-READY', {
      what: `endpoint ${this.name} has no model in service: ${this.#problem?.what ?? 'it is being loaded'}`,
      remedy: this.#problem?.remedy,
    });
  }
}

/** Why a version cannot be opened, and what a person can do about it. */
function problemOf(name: string, { version }: Assignment, error: unknown): { what: string; remedy?: string } {
  const what = `version ${version} cannot be opened: ${sayThrown(error)}`;
  if (!isTrainyardError(error)) return { what };
  const short = `version ${version} cannot be opened: ${error.what}`;
  if (error.code !== 'TY-STORE-DAMAGED' && error.code !== 'TY-STORE-MISSING')
    return { what: short, remedy: error.remedy };
  return {
    what: short,
    remedy:
      'trainyard scrub takes it out of use; then run the pipeline of this version again: equal bytes make it whole, ' +
      `and it is served within seconds; or move ${name}'s alias to a version that is whole (the page of the model)`,
  };
}

function freeIfDone(served: Served): void {
  if (!served.retired || served.requests > 0) return;
  // A version that frees its memory badly must not take down the one that serves.
  served.predictor.dispose().catch((error: unknown) => {
    process.stderr.write(`warn: a version that went could not be disposed of: ${sayThrown(error)}\n`);
  });
}
