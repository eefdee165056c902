import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

/** Where a fit keeps what it has been told, for an attempt that comes after it: `ctx.checkpoint`. */
export interface Kept {
  save(state: Uint8Array): Promise<void>;
  load(): Promise<Uint8Array | undefined>;
}

/** Bytes of answers that are kept, and of one: what is longer is asked again. */
const [MOST, LONGEST] = [64e6, 8e6];

/**
 * What a fit has asked about its rows, and what it was told. Every answer is exact, so an attempt that takes up what one before it was told
 * gives what that would have given, bit for bit, and a crash costs the questions that were under way.
 */
export class Answers {
  readonly #known: Map<string, Uint8Array>;
  readonly #kept: Kept | undefined;
  #bytes = 0;
  #saving: Promise<void> | undefined;
  #unsaved = false;
  /** Questions of this attempt that an earlier one was told the answers of. */
  takenUp = 0;

  private constructor(known: Map<string, Uint8Array>, kept: Kept | undefined) {
    this.#known = known;
    this.#kept = kept;
    for (const { byteLength } of known.values()) this.#bytes += byteLength;
  }

  /** Keeps nothing: for fits that take no longer than keeping would. */
  static none(): Answers {
    return new Answers(new Map(), undefined);
  }

  /** Takes up what an earlier attempt was told; what cannot be read is asked again. */
  static async open(kept: Kept): Promise<Answers> {
    const state = await kept.load();
    return new Answers(state === undefined ? new Map() : unpack(state), kept);
  }

  /** The answer to a question, by `find` where nobody was told it. It must follow from the question and the rows alone. */
  async ask<Answer>(question: string, find: () => Promise<Answer>): Promise<Answer> {
    const told = this.told<Answer>(question);
    return told ? told.answer : this.tell(question, await find());
  }

  /** What an earlier attempt was told. */
  told<Answer>(question: string): { readonly answer: Answer } | undefined {
    const known = this.#kept && this.#known.get(nameOf(question));
    if (!known) return undefined;
    this.takenUp++;
    return { answer: deserialize(known) as Answer };
  }

  /** Keeps an answer, and gives it back. */
  tell<Answer>(question: string, answer: Answer): Answer {
    if (!this.#kept) return answer;
    const bytes = serialize(answer);
    if (bytes.byteLength <= LONGEST && this.#bytes + bytes.byteLength <= MOST) {
      this.#known.set(nameOf(question), bytes);
      this.#bytes += bytes.byteLength;
      this.#saveSoon(this.#kept);
    }
    return answer;
  }

  /** Waits until what is being kept is kept. */
  async end(): Promise<void> {
    while (this.#saving) await this.#saving;
  }

  /** One save at a time: what comes meanwhile is in the next. */
  #saveSoon(kept: Kept): void {
    this.#unsaved = true;
    this.#saving ??= this.#save(kept).finally(() => (this.#saving = undefined));
    // Whoever waits for the end is told; until then it harms nobody.
    this.#saving.catch(() => undefined);
  }

  async #save(kept: Kept): Promise<void> {
    while (this.#unsaved) {
      this.#unsaved = false;
      await kept.save(serialize([...this.#known]));
    }
  }
}

function nameOf(question: string): string {
  return createHash('sha256').update(question).digest('hex');
}

function unpack(state: Uint8Array): Map<string, Uint8Array> {
  try {
    return new Map(deserialize(state) as [string, Uint8Array][]);
  } catch {
    return new Map();
  }
}

/** Does something the first time that it is asked for. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
