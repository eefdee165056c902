import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureMinilm, type TemporalService } from '../../setup/index.js';
import { Probe, startServer } from '../matrix/harness.js';

// The examples from raw data to a trained model, as they stand: examples/from-raw, on a real Temporal.
let temporal: TemporalService;
let probe: Probe;

beforeAll(async () => {
  temporal = await startServer();
  probe = await Probe.start(temporal, { fixture: '../../examples/from-raw', crashes: false });
});
afterAll(async () => {
  await probe?.close();
  await temporal?.stop();
});

/** Macro F1 on the sealed test part is at least this: what the model is worth, less the luck of a small test part. */
test.each([
  ['raw-penguins', 0.95],
  ['digits', 0.85],
  ['emoji', 0.55],
  ['emoji-words', 0.45],
  ['flights', 0.5],
])(
  '%s: from raw data to a model that is worth something on rows that nobody has seen',
  async (pipeline, least) => {
    const outcome = await probe.run(pipeline, {}, { id: pipeline });
    if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
    const { f1 } = outcome.result as { f1: number };
    expect(f1).toBeGreaterThan(least);
  },
  600_000,
);

test('emoji-tuned: an encoder that has read a lot knows names that the training part lacks', async (ctx) => {
  const weights = await ensureMinilm().catch((error: unknown) => String(error));
  if (typeof weights === 'string') return ctx.skip(`MiniLM cannot be had here: ${weights}`);
  const outcome = await probe.run('emoji-tuned', { minilm: weights.path, epochs: 1 }, { id: 'emoji-tuned' });
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  expect((outcome.result as { f1: number }).f1).toBeGreaterThan(0.75);
}, 900_000);

test('sea: forecasts of half a year, better than the season before, with intervals that hold most of what came', async () => {
  const outcome = await probe.run('sea', { iterations: 40 }, { id: 'sea' });
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  const { mase, coverage, naive, validation } = outcome.result as Record<string, number>;
  expect(validation).toBeLessThan(naive!);
  expect(mase).toBeLessThan(0.85);
  expect(coverage).toBeGreaterThan(0.6);
  expect(coverage).toBeLessThan(0.95);
}, 600_000);

test('best-mass: the best model of a minute, in that minute, weighs birds that nobody has seen to a third of their spread', async () => {
  const outcome = await probe.run('best-mass', { minutes: 1 }, { id: 'best-mass' });
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
  const { spent, budget, report } = outcome.result as {
    spent: number;
    budget: number;
    report: { rmse: number; r2: number };
  };
  expect(spent).toBeLessThan(budget * 1.05);
  expect(report.r2).toBeGreaterThan(0.75);
}, 600_000);
