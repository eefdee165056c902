import {
  axes,
  board,
  BOARD,
  COLOURS,
  dot,
  label,
  linearScale,
  logScale,
  path,
  text,
} from '../packages/ml-hyperparameter/src/reading/svg.js';

export interface Line {
  readonly name: string;
  /** In order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** Both axes are logarithmic: a cost that grows as its size does is a straight line. */
  readonly log?: boolean;
}

/** Lines over common axes as an SVG document, each with its name below the title. */
export function plotSvg({ title, x: xName, y: yName, lines, log }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const { width, height, left, right, top, bottom } = BOARD;
  const rows = Math.ceil(lines.length / COLUMNS);
  const scale = log ? logScale : linearScale;
  const zero = log ? [] : [0];
  const x = scale([...points.map(([at]) => at), ...zero], left + 8, width - right - 8);
  const y = scale([...points.map(([, at]) => at), ...zero], height - bottom - 8, top + 8 + rows * 18);
  const drawn = lines.map(({ name, points: own }, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? '#222';
    const at = own.map(([one, value]) => [x.at(one), y.at(value)] as const);
    const dots = own.map(([one, value], k) => {
      const [across, down] = at[k] ?? [0, 0];
      return dot(across, down, colour, `${name}, ${one}: ${label(value)}`);
    });
    const [across, down] = [
      left + 8 + (i % COLUMNS) * ((width - left) / COLUMNS),
      top + 8 + Math.floor(i / COLUMNS) * 18,
    ];
    // More lines than colours: the second half is dashed.
    const dashes = i < COLOURS.length ? '' : 'stroke-dasharray="5 4"';
    const sample = path(
      [
        [across, down - 4],
        [across + 16, down - 4],
      ],
      colour,
      dashes,
    );
    return path(at, colour, dashes) + dots.join('') + sample + text(across + 22, down, name);
  });
  return `${board(title, axes(x, y, xName, yName) + drawn.join(''))}\n`;
}

const COLUMNS = 3;
