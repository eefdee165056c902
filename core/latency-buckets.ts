/** Each bucket reaches a tenth higher than the one before: a quantile is at most a tenth too high. */
const GROWTH = 1.1;
/** The first ends here, in milliseconds. */
const FIRST_MS = 0.01;
const LAST = 180;

/** The bucket of a time; those of all servers can be added up. */
export function latencyBucket(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  return Math.min(LAST, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH)));
}

/** Where a bucket ends, in milliseconds. */
export function bucketEnd(bucket: number): number {
  return FIRST_MS * GROWTH ** bucket;
}

/** The time that a share of the counted ones did not exceed, in milliseconds; undefined where nothing was counted. */
export function latencyQuantile(counts: ReadonlyMap<number, number>, share: number): number | undefined {
  const sorted = [...counts].sort(([one], [other]) => one - other);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= share * all) return bucketEnd(bucket);
  }
  return undefined;
}
