import { randomFrom } from '@trainyard/numeric';

/**
 * `most` different places among the rows, in their order; all of them where there are few. Drawn with the seed, without
 * putting back (Floyd's way: Bentley 1987).
 */
export function placesOf(rows: number, most: number, seed: number): number[] {
  if (rows <= most) return Array.from({ length: rows }, (_, i) => i);
  const random = randomFrom(seed);
  const places = new Set<number>();
  for (let last = rows - most; last < rows; last++) {
    const place = random.integer(last + 1);
    places.add(places.has(place) ? last : place);
  }
  return [...places].sort((a, b) => a - b);
}
