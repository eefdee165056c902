/** Does some work as soon as there is a place for it. */
export type Enter = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets a number of callers in at once. */
export function places(count: number): Enter {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
