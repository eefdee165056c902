import { readFileSync } from 'node:fs';

const FILE = new URL('../../../examples/penguins/data/penguins.csv', import.meta.url);
const TEXT = ['island', 'sex', 'species'];

/** 344 penguins: measurements, some missing, and categories. */
export const penguins: readonly Readonly<Record<string, string>>[] = (() => {
  const [head = '', ...lines] = readFileSync(FILE, 'utf8').trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])));
})();

/** A column as numbers: text by its index among the sorted values, NaN for what is missing. */
export function numbersOf(rows: typeof penguins, name: string): number[] {
  const known = [...new Set(rows.map((row) => row[name]!))].filter((value) => value !== 'NA').sort();
  return rows.map((row) => {
    const cell = row[name]!;
    if (cell === 'NA') return NaN;
    return TEXT.includes(name) ? known.indexOf(cell) : Number(cell);
  });
}
