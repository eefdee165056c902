import { readSample, requestRow, type Predictor } from '../../../models/index.js';

/** What a warm model costs, ms. */
export interface Cost {
  /** One row in a request by itself. */
  readonly alone: number;
  /** One row among many. */
  readonly among: number;
  /** The model's kind scores at once, or comes back later. */
  readonly atOnce: boolean;
}

/** Requests of one row that are tried at most, and for how long, ms. */
const TRIES = 50;
const TRIES_MS = 50;
/** Rows of the usual batches; a batch that would take longer than so many ms is not tried. */
const BATCHES = [32, 256];
const BATCH_MS = 100;

/**
 * Lets a model answer as it will be asked, before anybody does: code is compiled, memory is there. Gives what a row takes; the quickest of
 * several, since others may use the machine. A model whose sample is empty costs nothing that is known.
 */
export async function warmUp(predictor: Predictor, sampleText: string): Promise<Cost> {
  const { rows } = readSample(sampleText);
  if (rows.length === 0) return { alone: 0, among: 0, atOnce: true };
  const asked = requestRow(predictor.card, predictor.transform, rows);
  let atOnce = true;
  const once = async (): Promise<number> => {
    const start = performance.now();
    if (asked === undefined) await predictor.score(rows.slice(0, 1));
    else {
      const responded = predictor.respond([asked]);
      if (responded instanceof Promise) atOnce = false;
      predictor.write(await responded);
    }
    return performance.now() - start;
  };
  let alone = await once();
  for (let tried = 1, spent = alone; tried < TRIES && spent < TRIES_MS; tried++) {
    const took = await once();
    alone = Math.min(alone, took);
    spent += took;
  }
  let among = alone;
  for (const size of BATCHES) {
    if (size * among > BATCH_MS) break;
    const batch = Array.from({ length: size }, (_, i) => rows[i % rows.length]!);
    for (let turn = 0; turn < 2; turn++) {
      const start = performance.now();
      await predictor.score(batch);
      among = Math.min(among, (performance.now() - start) / size);
    }
  }
  return { alone, among, atOnce };
}
