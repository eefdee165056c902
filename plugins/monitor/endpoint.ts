import { Artifacts, configureMonitor, type MonitoredColumn } from '../kit/registry.js';
import type { File, Ref } from '../../core/index.js';
import { PROFILE_FILE, profileOf, type DriftColumn, type DriftRow } from '@trainyard/drift';
import { UserError } from '@trainyard/errors';
import { figuresOfTask } from '@trainyard/metrics';
import { MODEL_FILES, parseCard, type ModelInput } from '../../models/index.js';
import { openTable, readRows, requireColumn, TABLE_FILE, withDatabase } from '@trainyard/tables';
import { implement } from '../../worker/index.js';
import { endpoint } from './contract.js';

/** Implements `monitor.endpoint`. Done again it configures the monitor the same way again. */
export const endpointNode = implement(endpoint, async ({ params, inputs, ctx }) => {
  const { name, window, alpha, minEffect, every, retrain } = params;
  const card = parseCard(await inputs.model.text(MODEL_FILES.card));
  const { type } = card.task;
  const predicted = figuresOfTask(type).label(card.task);
  if (predicted === undefined)
    throw new UserError(
      `a model for ${type} whose card names no label cannot be watched: outcomes would have no column`,
      {
        where: { port: 'model' },
        expected: 'a task with a label',
        remedy: 'name one where the model is written (task.label)',
      },
    );
  const { columns, label, profile } = await withDatabase(
    { scratch: ctx.scratch, signal: ctx.signal },
    async (database) => {
      const held = await openTable(database, 'reference', inputs.reference);
      const find = (column: string, said: string): MonitoredColumn => requireColumn(held, column, said);
      const columns = card.inputs.map((input) => find(input.name, 'the model'));
      const rows = await readRows(database, await inputs.reference.path(TABLE_FILE));
      // As requests bring them: a column of numbers that the model takes as categories has no order.
      const drift = card.inputs.map((input, i): DriftColumn => ({
        name: input.name,
        type: driftType(columns[i]!, input.type),
      }));
      return { columns, label: find(predicted, 'the model'), profile: profileOf(rows as readonly DriftRow[], drift) };
    },
  );
  const { temporal, taskQueue, store } = await ctx.client();
  const stored = await new Artifacts(store).write('file', {
    value: { rows: profile.rows, columns: profile.columns.length },
    files: { [PROFILE_FILE]: JSON.stringify(profile) },
  });
  const { kind: _, digest, size } = stored;
  const reference: Ref<File> = { kind: 'file', digest, size };
  const { ref } = inputs.reference;
  const { pipeline, params: given = {}, leastLabelled = 1, cooldown = 0, most = 1 } = retrain ?? {};
  const monitor = await configureMonitor(
    { temporal, taskQueue },
    {
      endpoint: name,
      columns,
      task: type,
      label,
      reference,
      table: { kind: 'table', digest: ref.digest, size: ref.size },
      window,
      alpha,
      minEffect,
      everyMs: every,
      retrain: pipeline === undefined ? null : { pipeline, params: given, leastLabelled, cooldownMs: cooldown, most },
    },
  );
  ctx.log(`${monitor} compares windows of ${window} rows with ${profile.rows} rows in ${columns.length} columns`);
  const value = { endpoint: name, monitor, columns: columns.length, referenceRows: profile.rows };
  return { value };
});

function driftType({ type }: MonitoredColumn, input: ModelInput['type']): DriftColumn['type'] {
  const numeric = input === 'number' || input === 'integer';
  return numeric && (type === 'number' || type === 'integer') ? 'number' : 'text';
}
