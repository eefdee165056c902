import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '@trainyard/numeric';
import type { TableRow } from '@trainyard/tables';
import { tablesIn } from '../table-of.test-part.js';
import type { FittedTransform } from '@trainyard/transforms';
import { readGray } from '../../../examples/from-raw/nodes/pixels/png.js';
import type { NodeRun, RunNodeOptions } from '../../../worker/testing/index.js';

/** Data and settings for tests of nets of layers. */
export const folder = mkdtempSync(join(tmpdir(), 'layered-'));

const tableOf = tablesIn(folder);
export type Inputs = NonNullable<RunNodeOptions['inputs']>;
export async function inputsOf(
  name: string,
  rows: readonly TableRow[],
  columns: readonly string[],
  scale: number,
): Promise<Inputs> {
  const steps = columns.map((column) => ({
    kind: 'numeric' as const,
    column,
    fill: 0,
    center: 0,
    scale,
    clip: 1e6,
    indicator: false, // prettier-ignore
  }));
  const prep: FittedTransform = { format: 'trainyard.transform/1', rows: rows.length, steps };
  return {
    train: await tableOf(
      `${name}-train`,
      rows.filter((_, i) => i % 4 !== 0),
    ),
    validation: await tableOf(
      `${name}-validation`,
      rows.filter((_, i) => i % 4 === 0),
    ),
    prep: { files: { 'transform.json': JSON.stringify(prep) } },
  };
}

// The pictures of digits that come with the examples: 8 by 8 pixels.
const digits = fileURLToPath(new URL('../../../examples/from-raw/data/digits', import.meta.url));
export const pictures: TableRow[] = readdirSync(digits).sort().flatMap((digit) =>
  readdirSync(join(digits, digit)).sort().map((file): TableRow => {
    const { pixels } = readGray(readFileSync(join(digits, digit, file)));
    return { _row: file, digit, ...Object.fromEntries([...pixels].map((value, i) => [`p${i}`, value])) };
  }),
); // prettier-ignore
export const PIXELS = Array.from({ length: 64 }, (_, i) => `p${i}`);

// Words of three letters in a row of five: is the first a or b said before the other, and how often.
const random = randomFrom(3);
export const sequences: TableRow[] = Array.from({ length: 480 }, (_, i) => {
  const codes = Array.from({ length: 5 }, () => random.integer(3));
  const [a, b] = [codes.indexOf(0), codes.indexOf(1)].map((at) => (at < 0 ? 9 : at)) as [number, number];
  return {
    _row: `row ${i}`,
    first: a < b ? 'a' : 'b',
    last: codes.lastIndexOf(0) * 10,
    ...Object.fromEntries(codes.map((code, t) => [`t${t}`, code])),
  };
});
export const STEPS = Array.from({ length: 5 }, (_, t) => `t${t}`);

export const figuresOf = (run: NodeRun) => run.outputs['figures']!.value as Record<string, number>;
export const recorded = /steps at a time run as one recorded graph, equal bit for bit/;

export const cnn = { preset: 'cnn', filters: 6, units: 32, dropout: 0 };
export const picture = { label: 'digit', input: [8, 8, 1], model: cnn, epochs: 12, batchSize: 39, learningRate: 0.01 };
export const word = { label: 'first', epochs: 5, batchSize: 45, learningRate: 0.02 };
