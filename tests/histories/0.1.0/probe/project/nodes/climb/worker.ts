import { setTimeout as wait } from 'node:timers/promises';
import { id, ROW_ID, sql, withDatabase, writeTable } from 'trainyard/tables';
import { implement, UserError } from 'trainyard/worker';
import { note } from '../probe/outside.js';
import { climb, fitted, part, rows, trained } from './index.js';

export const climbIt = implement(
  climb,
  async ({ params: { x, steps, ms, slowBelow, fold, failsFrom, nullFrom }, ctx }) => {
    if (x >= failsFrom) throw new UserError(`planned: ${failsFrom} or more fails`);
    const place = { node: 'climb.train', run: ctx.run.id, attempt: ctx.attempt, signal: ctx.signal };
    const saved = await ctx.checkpoint.load();
    const before = saved ? Number(Buffer.from(saved).toString()) : 0;
    let score = 0;
    for (let step = before + 1; step <= steps; step++) {
      note('start', { ...place, label: `${x} ${fold} ${step}` });
      if (x < slowBelow && step > 1) await wait(60_000);
      else if (ms > 0) await wait(ms);
      score = heightAt(x, step, fold);
      await ctx.report(step, { score });
      await ctx.checkpoint.save(Buffer.from(String(step)));
    }
    score = heightAt(x, steps, fold);
    return { value: { score: x >= nullFrom ? null : score, size: Math.round(100 * x), steps } };
  },
);

/** Highest at x = 0.7 in the end; what is further off is behind from the first step. */
function heightAt(x: number, step: number, fold: number): number {
  const noise = fold === 0 ? 0 : Math.sin(fold * 1000 * (x + 1)) / 50;
  return 1 - (x - 0.7) ** 2 - 0.5 / step + noise;
}

export const partIt = implement(part, ({ params: { n } }) => ({ value: { n } }));

export const fitIt = implement(fitted, ({ params: { x }, inputs, ctx }) => {
  const { n } = inputs.data.value;
  note('start', { node: 'climb.fit', run: ctx.run.id, attempt: ctx.attempt, signal: ctx.signal, label: `${x} ${n}` });
  return { value: { score: heightAt(x, 9, n) } };
});

export const rowsIt = implement(rows, ({ params: { from, to }, ctx }) =>
  withDatabase({ scratch: ctx.scratch, signal: ctx.signal }, (database) =>
    writeTable(
      database,
      sql`SELECT range::VARCHAR AS ${id(ROW_ID)}, range AS n FROM range(${BigInt(from)}, ${BigInt(to)})`,
      ctx.scratch,
    ),
  ),
);

export const trainedIt = implement(trained, ({ params: { x }, inputs, ctx }) => {
  const label = `${x} ${(inputs.validation.value as { rows: number }).rows}`;
  note('start', { node: 'climb.trained', run: ctx.run.id, attempt: ctx.attempt, signal: ctx.signal, label });
  return { value: { score: heightAt(x, 9, 0) } };
});
