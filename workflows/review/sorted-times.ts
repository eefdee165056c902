/** Most numbers of a chunk: what an insertion moves at most. */
const MOST = 512;

/** Numbers in order, for a median at any time: kept in chunks, so that adding one moves few others. */
export class SortedTimes {
  readonly #chunks: number[][] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    this.#length++;
    const [index, chunk] = this.#chunkFor(value);
    if (!chunk) {
      this.#chunks.push([value]);
      return;
    }
    chunk.splice(placeOf(chunk, value), 0, value);
    if (chunk.length > MOST) this.#chunks.splice(index + 1, 0, chunk.splice(MOST >> 1));
  }

  /** Takes out one number of this value, which must be there. */
  delete(value: number): void {
    const [index, chunk] = this.#chunkFor(value);
    const place = chunk ? placeOf(chunk, value) : 0;
    if (chunk?.[place] !== value) throw new Error(`${value} is not among the times`);
    this.#length--;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** The middle value, or the rounded mean of the two in the middle; 0 of none. */
  median(): number {
    const middle = this.#length >> 1;
    if (this.#length % 2 === 1) return this.#at(middle);
    return this.#length === 0 ? 0 : Math.round((this.#at(middle - 1) + this.#at(middle)) / 2);
  }

  #at(place: number): number {
    let before = 0;
    for (const chunk of this.#chunks) {
      if (place < before + chunk.length) return chunk[place - before]!;
      before += chunk.length;
    }
    return 0;
  }

  /** The first chunk that ends with this value or a larger one, else the last. */
  #chunkFor(value: number): [index: number, chunk: number[] | undefined] {
    let [low, high] = [0, Math.max(0, this.#chunks.length - 1)];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]!.at(-1)! < value) low = middle + 1;
      else high = middle;
    }
    return [low, this.#chunks[low]];
  }
}

/** The first place whose number is not smaller. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
