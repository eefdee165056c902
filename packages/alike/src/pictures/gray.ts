/** The brightness of a picture's pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Line by line from the top: 0 is black, 255 white. */
  readonly gray: Uint8Array;
}

/** What a picture may have of pixels, and of bytes once it is unpacked: a small file may claim any number of them. */
export const [MOST_PIXELS, MOST_BYTES] = [16e6, 64e6];

/** Throws an Error for a picture without pixels, and for one that would take too much memory, before any is taken. */
export function requireSize(kind: string, width: number, height: number, bitsOfPixel: number): void {
  if (width === 0 || height === 0) throw new Error(`a ${kind} without pixels`);
  if (width * height > MOST_PIXELS)
    throw new Error(
      `a ${kind} of too many pixels: ${width} by ${height}, and at most ${MOST_PIXELS / 1e6} million are read`,
    );
  if ((width * height * bitsOfPixel) / 8 > MOST_BYTES)
    throw new Error(
      `a ${kind} of too many bytes: ${width} by ${height} of ${bitsOfPixel} bits, and at most ${MOST_BYTES / 1e6} MB are read`,
    );
}

/** Luma of ITU-R BT.601, rounded. */
export function brightness(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >>> 16;
}

/** A colour of some opacity (0 to 255) laid over white, rounded as Pillow's `alpha_composite` does. */
export function overWhite(colour: number, alpha: number): number {
  const sum = (colour * alpha + 255 * (255 - alpha) + 128) << 7;
  return ((sum >> 8) + sum) >> 15;
}
