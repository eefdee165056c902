import { isTrainyardError, sayThrown, TrainyardError } from '@trainyard/errors';
import type { Predictor } from '../../models/index.js';
import { ServedVersion, type Answer, type Assignment, type ModelHome } from './served-version.js';

/**
 * A served model name: which versions answer. A new version is opened whole, and has answered its own sample, before it takes over; a
 * request is answered by one version from beginning to end. What cannot be opened leaves the version before in service.
 */
export class Endpoint {
  readonly name: string;
  readonly #home: ModelHome;
  #served: ServedVersion | undefined;
  #problem: { readonly what: string; readonly remedy?: string | undefined } | undefined;
  #swap: Promise<void> = Promise.resolve();

  constructor(name: string, home: ModelHome) {
    this.name = name;
    this.#home = home;
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

  /** Answers rows: at once where the model does. */
  predict(rows: readonly Readonly<Record<string, unknown>>[]): Answer | Promise<Answer> {
    return this.#current().predict(rows);
  }

  /**
   * Brings a version into service, one after the other in the order of the calls; true when it serves now. A version
   * that serves already is not opened again.
   */
  assign(assignment: Assignment): Promise<boolean> {
    const turn = this.#swap.then(async () => {
      if (this.#served?.isOf(assignment)) {
        this.#served.moved(assignment);
        this.#problem = undefined;
        return true;
      }
      try {
        const opened = await ServedVersion.open(assignment, this.#home);
        const before = this.#served;
        this.#served = opened;
        before?.retire();
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
    this.#served?.retire();
    this.#served = undefined;
  }

  #current(): ServedVersion {
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
