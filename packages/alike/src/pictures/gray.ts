/** The brightness of a picture's pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Line by line from the top: 0 is black, 255 white. */
  readonly gray: Uint8Array;
}

/** More pixels than this are refused: a small file may claim any number of them. */
export const MOST_PIXELS = 64e6;

/** Luma of ITU-R BT.601, rounded. */
export function brightness(red: number, green: number, blue: number): number {
  return (19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >>> 16;
}
