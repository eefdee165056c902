// Every line that ends in `refused: …` breaks a rule of project/lint/pipelines.json; lint.test.ts looks for these words.
import { readFileSync } from 'node:fs'; // refused: no Node built-in
import { join } from 'path'; // refused: no Node built-in
import { implement } from 'trainyard/worker'; // refused: need Node
import { gate, pipeline } from 'trainyard';
import * as ingest from 'trainyard/plugins/ingest';
import { z } from 'zod';

const params = z.object({ data: z.string(), mode: z.enum(['quick', 'whole']) });

export const inner = pipeline('inner', { params }, async (p) => ingest.csv({ source: p.data }));

export default pipeline('refused', { params }, async (p) => {
  const started = Date.now(); // refused: Give the time as a parameter
  const day = new Date().getDay(); // refused: Give the time as a parameter
  const lap = performance.now(); // refused: Measure inside a node
  const luck = Math.random(); // refused: ctx.seed
  const name = crypto.randomUUID(); // refused: ctx.seed
  const around = globalThis.Date; // refused: cannot resume
  setTimeout(() => undefined, 1_000); // refused: does not wait by the clock
  const secret = process.env['SECRET']; // refused: ctx.secret
  const page = await fetch('http://localhost/'); // refused: reaches nothing outside
  const bytes = Buffer.from(name); // refused: Handle bytes in a node
  const free = p as any; // refused: Unexpected
  inner(p); // refused: Promises must be awaited
  const raw = ingest.csv({ source: p.data });
  // @ts-expect-error the compiler sees this one too
  if (gate(raw, () => true)) return raw; // refused: non-Promise
  switch (p.mode /* refused: not exhaustive */) {
    case 'quick':
      return raw;
  }
  return [started, day, lap, luck, around, secret, page, bytes, free, readFileSync, join, implement];
});
