import { trusted, type Html } from '../html.js';
import { sayFigure } from '../page.js';
import { drawingBoard, type Element } from './document.js';
import { plot } from './plot.js';

type PlotOptions = NonNullable<Parameters<typeof plot>[0]>;

/** Width of a drawing that fills a phone of 390 pixels, in pixels. */
export const NARROW = 340;

/** What all drawings need to be told. */
export interface Drawing extends Omit<PlotOptions, 'title' | 'document' | 'style'> {
  /** What a screen reader says of it. */
  readonly label: string;
}

/** Draws with Observable Plot as inline SVG: no script, no identifier, nothing of the clock or the locale. */
export function draw({ label, ...options }: Drawing): Html {
  const drawn = plot({
    width: NARROW,
    marginTop: 8,
    marginRight: 14,
    ...options,
    ariaLabel: label,
    // The types ask for a browser's; Plot asks for what a drawing board has.
    document: drawingBoard as never,
  }) as unknown as Element;
  const [sheet] = drawn.childNodes;
  // The page styles its drawings itself.
  if (sheet && 'tagName' in sheet && sheet.tagName === 'style') drawn.removeChild(sheet);
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('class', 'plot');
  return trusted(shortened(drawn.outerHTML));
}

/** Coordinates to a tenth of a pixel: what lies beyond cannot be seen, and is half of the text. */
function shortened(svg: string): string {
  return svg.replace(/ (?:[dxyr]|[xy][12]|c[xy]|width|height|transform|points)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10)),
  );
}

/** A name that fits beside a drawing; the whole of it stands in its title. */
export function shortName(name: string, most = 18): string {
  const characters = [...name.replace(/\s+/gu, ' ')];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('');
}

/** A figure on an axis: short, the same in every locale. */
export function sayTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  for (const [unit, sign] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= 10 * unit || (size >= unit && value % (unit / 10) === 0)) return `${sayFigure(value / unit)}${sign}`;
  return sayFigure(value);
}

/** A power of two to divide what is drawn by: 1, but for values so large or small that lengths between them are no doubles. */
export function unitOf(values: readonly number[]): number {
  const size = Math.max(...values.map(Math.abs), 0);
  if (size === 0 || (size > 1e-100 && size < 1e100)) return 1;
  return 2 ** Math.min(1023, Math.max(-1022, Math.ceil(Math.log2(size))));
}
