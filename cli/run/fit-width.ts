import { widthOf } from '../terminal.js';

/** A part of a line, in its full form and shorter ones, and how soon it is given up: the highest goes first. */
export interface FitPart {
  readonly texts: readonly string[];
  readonly rank: number;
  /** Colours it, once it is chosen. */
  readonly paint?: (text: string) => string;
}

const GAP = '  ';

/**
 * The parts of a line that fit into so many columns. First they are shortened, those of the highest rank first, then
 * left out in the same order; the first part stays.
 */
export function fitParts(parts: readonly FitPart[], columns: number): string {
  let shown = parts.map((part) => ({ part, form: 0 }));
  const textOf = ({ part, form }: (typeof shown)[number]): string => part.texts[form] ?? '';
  const isWide = (): boolean =>
    shown.reduce((sum, one) => sum + widthOf(textOf(one)) + GAP.length, -GAP.length) > columns;
  const last = (of: typeof shown): (typeof shown)[number] | undefined =>
    of.toSorted((a, b) => a.part.rank - b.part.rank).at(-1);
  while (isWide()) {
    const longest = last(shown.filter(({ part, form }) => form + 1 < part.texts.length));
    const idle = longest ? undefined : last(shown.slice(1));
    if (longest) longest.form++;
    else if (idle) shown = shown.filter((one) => one !== idle);
    else break;
  }
  return shown.map((one) => (one.part.paint ?? ((text) => text))(textOf(one))).join(GAP);
}
