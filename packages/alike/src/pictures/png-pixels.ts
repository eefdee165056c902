import { brightness, overWhite } from './gray.js';

/** By colour type, the samples of a pixel and the bits that a sample may have: gray, RGB, palette, gray with alpha, RGB with alpha. */
const KINDS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** What the pixels of a PNG are. */
export interface Pixels {
  /** Bits of a sample. */
  readonly depth: number;
  /** The colour type: a key of `KINDS`. */
  readonly colour: number;
  /** Red, green and blue of each entry. */
  readonly palette?: Buffer | undefined;
  /** The opacity of entries of the palette, else the colour that is transparent, two bytes a sample. */
  readonly transparent?: Buffer | undefined;
}

/** Bits of a pixel. Throws an Error for a depth that pixels of that colour type do not have. */
export function bitsOf({ depth, colour }: Pick<Pixels, 'depth' | 'colour'>): number {
  const kind = KINDS[colour];
  if (!kind?.depths.includes(depth))
    throw new Error(`a PNG of an unknown kind: colour type ${colour} with ${depth} bits`);
  return depth * kind.samples;
}

/** Throws an Error where palette or transparency are not such as these pixels have. */
export function requireKind<P extends Pixels>(pixels: P): P {
  const { colour, palette, transparent } = pixels;
  const entries = (palette?.length ?? 0) / 3;
  if (colour === 3 && !palette) throw new Error('a PNG without its palette');
  if (palette && (!Number.isInteger(entries) || entries < 1 || entries > 256))
    throw new Error('a PNG with a damaged palette');
  if (!transparent) return pixels;
  const fits = colour === 3 ? transparent.length <= entries : transparent.length === 2 * (KINDS[colour]?.samples ?? 0);
  if (colour >= 4 || !fits) throw new Error('a PNG with a damaged transparency');
  return pixels;
}

/** The brightness of a pixel of a line, laid over white. */
export function grayAt(row: Buffer, x: number, { depth, colour, palette, transparent }: Pixels): number {
  if (colour === 3) {
    const entry = sampleAt(row, x, depth);
    if (!palette || 3 * entry + 2 >= palette.length) throw new Error('a PNG with a colour that its palette lacks');
    return shown(palette[3 * entry]!, palette[3 * entry + 1]!, palette[3 * entry + 2]!, transparent?.[entry] ?? 255);
  }
  const { samples } = KINDS[colour]!;
  const first = x * samples;
  const byte = (i: number): number => toByte(sampleAt(row, first + i, depth), depth);
  if (transparent && isTransparent(row, first, depth, transparent)) return 255;
  if (colour === 2) return brightness(byte(0), byte(1), byte(2));
  if (colour === 6) return shown(byte(0), byte(1), byte(2), byte(3));
  return colour === 4 ? overWhite(byte(0), byte(1)) : byte(0);
}

function shown(red: number, green: number, blue: number, alpha: number): number {
  if (alpha === 255) return brightness(red, green, blue);
  return brightness(overWhite(red, alpha), overWhite(green, alpha), overWhite(blue, alpha));
}

/** Whether a pixel is of the one colour that counts as transparent, in all its bits. */
function isTransparent(row: Buffer, first: number, depth: number, transparent: Buffer): boolean {
  for (let i = 0; 2 * i < transparent.length; i++)
    if (sampleAt(row, first + i, depth) !== transparent.readUInt16BE(2 * i)) return false;
  return true;
}

function sampleAt(row: Buffer, i: number, depth: number): number {
  if (depth === 8) return row[i]!;
  if (depth === 16) return (row[2 * i]! << 8) | row[2 * i + 1]!;
  return (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1);
}

function toByte(sample: number, depth: number): number {
  if (depth >= 8) return sample >> (depth - 8);
  return Math.round((sample * 255) / ((1 << depth) - 1));
}
