/**
 * What takes up the state of the disk, one at a time. Whoever asks while it goes on is answered by one more round after
 * it, since what it has read may be old: so the last state wins, whatever came between.
 */
export class Reloads {
  readonly #take: (isLast: () => boolean) => Promise<void>;
  #asked = false;
  #going = false;

  /** `isLast` says whether nobody has asked since this round began. */
  constructor(take: (isLast: () => boolean) => Promise<void>) {
    this.#take = take;
  }

  ask(): void {
    this.#asked = true;
    if (!this.#going) void this.#go();
  }

  async #go(): Promise<void> {
    this.#going = true;
    while (this.#asked) {
      this.#asked = false;
      await this.#take(() => !this.#asked);
    }
    this.#going = false;
  }
}
