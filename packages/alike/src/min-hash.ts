/** Characters of a shingle. */
const SHINGLE = 5;
/** Bins of a signature. */
const BINS = 128;
const EMPTY = 0xffffffff;

/** A text as it is compared: no case, no accents composed otherwise, letters and digits alone, one space between words. */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Hashes of the shingles of a plain text (32 bits, FNV-1a with the finaliser of MurmurHash3): each once, in order. */
export function shinglesOf(plain: string): Uint32Array {
  const count = Math.max(1, plain.length - SHINGLE + 1);
  const hashes = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    let hash = 0x811c9dc5;
    const end = Math.min(plain.length, at + SHINGLE);
    for (let i = at; i < end; i++) hash = Math.imul(hash ^ plain.charCodeAt(i), 0x01000193);
    hashes[at] = mix(hash);
  }
  hashes.sort();
  let kept = 0;
  for (let i = 0; i < count; i++) if (i === 0 || hashes[i] !== hashes[i - 1]) hashes[kept++] = hashes[i]!;
  return hashes.slice(0, kept);
}

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Share of the shingles of both texts that they have in common (Jaccard), from 0 to 1. */
export function similarityOf(a: Uint32Array, b: Uint32Array): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i]!, b[j]!];
    if (left === right) both++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return both / (a.length + b.length - both);
}

/**
 * Bins of a band for pairs of at least that similarity. Of `b` bands of `r` bins two texts of the similarity `s` share none with the
 * chance (1 - s^r)^b: one in a hundred million at 0.5, 700,000 at 0.65, 190,000 at 0.75, twenty million at 0.8. Fewer bins
 * make more pairs worth comparing.
 */
export function binsOfBand(similarity: number): number {
  if (similarity < 0.65) return 2;
  return similarity < 0.75 ? 3 : 4;
}

/**
 * The bands of a text's MinHash signature: texts with a band in common are worth comparing. One permutation (Li, Owen and Zhang,
 * 2012): each hash falls into one of 128 bins, which keeps its least; an empty bin takes that of another one, which its own number
 * picks in the same way for all texts (Shrivastava, 2017).
 */
export function bandsOf(shingles: Uint32Array, binsOf = 4): number[] {
  const bins = new Uint32Array(BINS).fill(EMPTY);
  for (const hash of shingles) {
    const bin = hash % BINS;
    const value = mix(hash ^ 0x9e3779b9);
    if (value < bins[bin]!) bins[bin] = value;
  }
  const filled = bins.map((_, bin) => {
    for (let turn = 1, from = bin; ; turn++) {
      if (bins[from] !== EMPTY || shingles.length === 0) return bins[from]!;
      from = mix(bin * 131 + turn * 0x9e3779b9) % BINS;
    }
  });
  return Array.from({ length: Math.floor(BINS / binsOf) }, (_, band) => {
    let hash = band + 1;
    for (let i = 0; i < binsOf; i++) hash = mix(Math.imul(hash, 31) ^ filled[band * binsOf + i]!);
    return hash;
  });
}
