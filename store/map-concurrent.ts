/** Requests under way at a time: enough to hide a bucket's latency, few enough for any server. */
const AT_ONCE = 32;

/** Maps a list by an asynchronous function, some at a time; results in the order of the list. */
export async function each<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  // Most lists of a node are short: nothing runs beside a single one.
  if (items.length <= 1) return items.length === 0 ? [] : [await act(items[0]!)];
  const results: R[] = new Array<R>(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await act(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return results;
}
