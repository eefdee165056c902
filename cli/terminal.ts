import { stripVTControlCharacters } from 'node:util';
import colours from 'picocolors';

/** Colours, empty where the terminal has none or NO_COLOR is set. */
export { colours };

/** Columns that a text takes: wide characters count as one, which holds for all that Trainyard itself prints. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** A text cut to so many columns, with an ellipsis; colours are given up when it is cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return `${[...stripVTControlCharacters(text)].slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/**
 * Rows as aligned columns, with a dimmed header. Columns named in `right` are aligned to the right. A cell longer than `most` is
 * cut; with `whole` nothing is, and a column is as wide as its cells of up to `most`: a longer one pushes the rest of its row.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly string[]; readonly most?: number; readonly whole?: boolean } = {},
): string {
  const most = options.most ?? 60;
  const cells = rows.map((row) =>
    header.map((_, column) => (options.whole ? (row[column] ?? '') : cut(row[column] ?? '', most))),
  );
  const used = header.map(
    (name, column) => cells.length === 0 || name === '' || cells.some((row) => row[column] !== ''),
  );
  const widths = header.map((name, column) =>
    cells
      .map((row) => widthOf(row[column] ?? ''))
      .filter((width) => width <= most)
      .reduce((widest, width) => Math.max(widest, width), name.length),
  );
  const line = (row: readonly string[]): string =>
    row
      .flatMap((cell, column) => {
        if (!used[column]) return [];
        const gap = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        return [options.right?.includes(header[column] ?? '') ? gap + cell : cell + gap];
      })
      .join('  ')
      .trimEnd();
  return [colours.dim(line(header)), ...cells.map(line)].join('\n');
}

/** A bar of so many characters, filled to a fraction of 0 to 1. */
export function bar(fraction: number, columns = 20): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * columns);
  return `${'█'.repeat(full)}${'░'.repeat(columns - full)}`;
}

/** ISO times in the reader's own zone, to the second: `2026-11-24 23:15:02`. */
export function clock(iso: string | number): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Prints lines for people. */
export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Says something beside the result: on the error stream, so that a program that reads the result is not disturbed. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints one line of JSON for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
