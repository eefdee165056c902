import { applyTransformToRows, parseTransform, writeModel } from 'trainyard/models';
import { readRows, TABLE_FILE, withDatabase } from 'trainyard/tables';
import { implement } from 'trainyard/worker';
import { trainNeighbours } from './index.js';
import { nearestNeighbours } from './parts.js';

export const trainNeighboursNode = implement(trainNeighbours, async ({ params: { label, k }, inputs, ctx }) => {
  const prep = parseTransform(await inputs.prep.text('transform.json'));
  const file = await inputs.train.path(TABLE_FILE);
  const rows = await withDatabase({ scratch: ctx.scratch }, (database) => readRows(database, file));
  const width = applyTransformToRows(prep, rows.slice(0, 1)).length;
  const points = rows.flatMap((row) => [...applyTransformToRows(prep, [row]), Number(row[label])]);
  return writeModel({
    kind: nearestNeighbours,
    task: { type: 'regression', label },
    settings: { k, width },
    files: { 'points.bin': new Uint8Array(Float64Array.from(points).buffer) },
    transform: prep,
    metrics: {},
    training: { node: 'neighbours.train', rows: rows.length, k },
    libraries: {},
    rows,
  });
});
