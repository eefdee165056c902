// Mis-wirings that must fail in the editor. Checked by `tsc`: an unused @ts-expect-error is an error.
import { z } from 'zod';
import { json, many, model, node, optional, pipeline, report, sealedTable, table, gate } from '../../core/index.js';

const csv = node({
  name: 'ingest.csv',
  version: '1',
  params: z.object({ source: z.string(), limit: z.number().default(5) }),
  inputs: {},
  outputs: table,
});
const split = node({
  name: 'split.random',
  version: '1',
  params: z.object({ test: z.number() }),
  inputs: { table },
  outputs: { train: table, validation: table, test: sealedTable },
});
const forest = node({
  name: 'train.forest',
  version: '1',
  params: z.object({ trees: z.number().default(100) }),
  inputs: { train: table, validation: optional(table) },
  outputs: model,
});
const final = node({
  name: 'evaluate.final',
  version: '1',
  params: z.object({}),
  inputs: { model, test: sealedTable },
  outputs: report(z.object({ f1: z.number() })),
});
const concat = node({
  name: 'clean.concat',
  version: '1',
  params: z.object({}),
  inputs: { tables: many(table) },
  outputs: table,
});
const count = node({
  name: 'explore.count',
  version: '1',
  params: z.object({}),
  inputs: { table },
  outputs: json(z.object({ rows: z.number() })),
});
const scale = node({
  name: 'clean.scale',
  version: '1',
  params: z.object({}),
  inputs: { by: json(z.object({ factor: z.number() })) },
  outputs: table,
});

export default pipeline('wiring', { params: z.object({ source: z.string() }) }, async (p) => {
  const raw = csv({ source: p.source });
  const parts = split({ table: raw, test: 0.2 });
  const trained = forest({ train: parts.train, validation: parts.validation, trees: 200 });
  forest({ train: parts.train });
  const done = final({ model: trained, test: parts.test });
  concat({ tables: [raw, parts.train] });
  const ref = await parts.train;
  forest({ train: ref });
  const figures = await done;
  figures.value?.f1.toFixed();
  await gate(done, (r) => r.f1 > 0.9);

  // @ts-expect-error  a parameter of another type
  csv({ source: 3 });
  // @ts-expect-error  a missing parameter
  csv({});
  // @ts-expect-error  a parameter that does not exist
  csv({ source: 'a', sources: 'b' });
  // @ts-expect-error  a sealed table to a trainer
  forest({ train: parts.test });
  // @ts-expect-error  a sealed table to an optional port
  forest({ train: parts.train, validation: parts.test });
  // @ts-expect-error  a model where a table belongs
  forest({ train: trained });
  // @ts-expect-error  all outputs where one belongs
  forest({ train: parts });
  // @ts-expect-error  a missing input
  forest({ trees: 3 });
  // @ts-expect-error  an unknown input
  forest({ train: parts.train, test: parts.validation });
  // @ts-expect-error  a wrong parameter beside right inputs
  forest({ train: parts.train, trees: 'many' });
  // @ts-expect-error  an unsealed table where the sealed one belongs
  final({ model: trained, test: parts.train });
  // @ts-expect-error  inputs swapped
  final({ model: parts.test, test: trained });
  // @ts-expect-error  one table where a list belongs
  concat({ tables: raw });
  // @ts-expect-error  a model in a list of tables
  concat({ tables: [raw, trained] });
  // @ts-expect-error  a list where one table belongs
  split({ table: [raw], test: 0.2 });
  // @ts-expect-error  a JSON value of another shape
  scale({ by: count({ table: raw }) });
  // @ts-expect-error  a text where an artifact belongs
  split({ table: 'raw', test: 0.2 });
  // @ts-expect-error  an output that the node does not have
  parts.tests;
  // @ts-expect-error  a figure that the report does not have
  await gate(done, (r) => r.accuracy > 0.9);
  // @ts-expect-error  options that do not exist
  csv({ source: 'a' }, { retries: 3 });
  // @ts-expect-error  a run-time promise of a wrong kind
  final({ model: await parts.train, test: parts.test });
  return done;
});
