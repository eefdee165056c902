// Which figures a report has follows the task of the model. Checked by `tsc`: an unused @ts-expect-error is an error.
import { z } from 'zod';
import { gate, model, modelOf, node, table } from '../../core/index.js';
import type { Handle, Model, SealedTable } from '../../core/index.js';
import * as evaluate from '../../plugins/evaluate/index.js';

const trainPrices = node({
  name: 'prices.train',
  version: '1',
  params: z.object({}),
  inputs: { train: table },
  outputs: modelOf('regression'),
});
const trainAny = node({
  name: 'any.train',
  version: '1',
  params: z.object({}),
  inputs: { train: table },
  outputs: model,
});

export async function wiring(
  train: Handle<typeof table>,
  test: Handle<SealedTable>,
  any: Handle<Model>,
): Promise<void> {
  const prices = trainPrices({ train });
  const ofPrices = evaluate.final({ model: prices, test, slices: ['region'] });
  await gate(ofPrices, (figures) => figures.rmse, { threshold: 3 });
  await gate(ofPrices, ({ r2, headlines }) => r2 !== null && r2 > 0.5 && headlines.length > 0);
  // Classes, where the contract does not say the task.
  await gate(evaluate.final({ model: trainAny({ train }), test }), (figures) => figures.f1.macro, { atLeast: 0.9 });
  await gate(evaluate.final({ model: any, test }), (figures) => figures.intervals.accuracy[0], { atLeast: 0.9 });
  evaluate.challenge({ challenger: prices, champion: any, test, metric: 'mae' });

  // @ts-expect-error  a figure of another task
  await gate(ofPrices, (figures) => figures.f1.macro, { atLeast: 0.9 });
  // @ts-expect-error  an unsealed table where the sealed one belongs
  evaluate.final({ model: prices, test: train });
  // @ts-expect-error  a parameter that does not exist
  evaluate.final({ model: prices, test, slice: ['region'] });
  // @ts-expect-error  no test set
  evaluate.final({ model: prices });
}
