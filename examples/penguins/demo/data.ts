import { readFileSync } from 'node:fs';

/** A cell as the endpoint takes it. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** The rows of penguins.csv as they are, for the demo's reviewer and its traffic. The file has no quoted cells. */
export function readPenguins(file: string): Row[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = header.trim().split(',');
  return lines.map((line) =>
    Object.fromEntries(
      line
        .trim()
        .split(',')
        .map((text, index) => [names[index] ?? '', cell(text)]),
    ),
  );
}

function cell(text: string): Cell {
  if (text === 'NA' || text === '') return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** What a row is recognised by, whatever its label says. */
export function fingerprint(row: Row): string {
  const { species: _, year: __, _row: ___, ...measures } = row;
  return JSON.stringify(
    Object.entries(measures)
      .filter(([, value]) => value !== null && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The rows in an order drawn by a seed: mulberry32 and Fisher–Yates. */
export function shuffled(rows: readonly Row[], seed: number): Row[] {
  const order = [...rows];
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  for (let last = order.length - 1; last > 0; last--) {
    const drawn = Math.floor(random() * (last + 1));
    [order[last], order[drawn]] = [order[drawn] as Row, order[last] as Row];
  }
  return order;
}
