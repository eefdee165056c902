import { TrainyardError } from '../../core/errors/index.js';
import type { Model, Ref } from '../../core/kinds.js';
import { openModel, type Prediction, type Predictor } from '../../models/index.js';
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
  readonly predictions: readonly Prediction[];
}

/**
 * A served model name. A new version is opened whole, and has answered its own sample, before it takes over; a request
 * is answered by one version from beginning to end. What cannot be opened leaves the version before in service.
 */
export class Endpoint {
  readonly name: string;
  readonly #artifacts: Artifacts;
  #served: Served | undefined;
  #problem: string | undefined;
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
    return this.#problem;
  }

  /** The model in service. Throws TY-ENDPOINT-NOT-READY while there is none. */
  get predictor(): Predictor {
    return this.#current().predictor;
  }

  async predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Answer> {
    const served = this.#current();
    served.requests++;
    try {
      return { version: served.assignment.version, predictions: await served.predictor.predict(rows) };
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
        this.#problem = `version ${assignment.version} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
        return false;
      }
    });
    this.#swap = turn.then(() => undefined);
    return turn;
  }

  #current(): Served {
    if (this.#served) return this.#served;
    throw new TrainyardError('TY-ENDPOINT-NOT-READY', {
      what: `endpoint ${this.name} has no model in service: ${this.#problem ?? 'it is being loaded'}`,
    });
  }
}

function freeIfDone(served: Served): void {
  if (served.retired && served.requests === 0) served.predictor.dispose();
}
