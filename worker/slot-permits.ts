import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker';

/** One node that the worker has taken. */
export interface Taken {
  /** Its process is free again, though its results are not recorded yet. Only the first call counts. */
  computed(): void;
}

/**
 * How many nodes a pool's worker takes: as many as it has processes free, so that none waits here while another worker
 * could run it. A node that has been computed leaves its process to the next one while it is recorded and reported.
 */
export class Permits implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom';
  readonly #slots: number;
  readonly #waiting: (() => void)[] = [];
  /** Permits given and not returned. */
  #given = 0;
  /** Of these, those of nodes that have been computed. Permits do not say whose they are: so they are counted. */
  #computed = 0;

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Called when the worker begins with a node. */
  taken(): Taken {
    let open = true;
    return {
      computed: () => {
        if (!open) return;
        open = false;
        this.#computed++;
        this.#next();
      },
    };
  }

  async reserveSlot(_: unknown, signal: AbortSignal): Promise<SlotPermit> {
    signal.throwIfAborted();
    if (!this.#isFree) {
      await new Promise<void>((go, stop) => {
        const aborted = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(enter), 1);
          stop(signal.reason as Error);
        };
        const enter = (): void => {
          signal.removeEventListener('abort', aborted);
          go();
        };
        signal.addEventListener('abort', aborted, { once: true });
        this.#waiting.push(enter);
      });
      return {};
    }
    this.#given++;
    return {};
  }

  tryReserveSlot(): SlotPermit | null {
    if (!this.#isFree) return null;
    this.#given++;
    return {};
  }

  markSlotUsed(): void {
    // A permit counts from the poll on.
  }

  releaseSlot(): void {
    this.#given--;
    if (this.#computed > 0) this.#computed--;
    this.#next();
  }

  /** At most as many again are being recorded: what waits for the store must not pile up. */
  get #isFree(): boolean {
    return this.#given - this.#computed < this.#slots && this.#given < 2 * this.#slots;
  }

  #next(): void {
    while (this.#isFree && this.#waiting.length > 0) {
      this.#given++;
      this.#waiting.shift()?.();
    }
  }
}
