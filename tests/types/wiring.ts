// Mis-wirings that must fail in the editor. Checked by `tsc`: an unused @ts-expect-error is an error.
// The same are sent without types in ../fixtures/wired.
import { gate, pipeline } from 'trainyard';
import { z } from 'zod';
import { concat, count, csv, final, forest, scale, split } from '../fixtures/wired/nodes/wired/index.js';

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
