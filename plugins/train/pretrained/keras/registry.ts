import { conv2d, pools } from './convolution.js';
import type { Counterpart } from './counterpart.js';
import { dense } from './dense.js';
import { batchNormalization, layerNormalization, unitNormalization } from './normalisation.js';
import { activation, dropout, embedding, flatten, input, relu, reshape, softmax } from './plain.js';
import { gru, lstm } from './recurrent.js';

const ALL = [
  activation,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  gru,
  input,
  layerNormalization,
  lstm,
  ...pools,
  relu,
  reshape,
  softmax,
  unitNormalization,
];

/** Our counterparts of layers of Keras, by the names of their classes. */
export const COUNTERPARTS: ReadonlyMap<string, Counterpart> = new Map(ALL.map((one) => [one.of, one]));
