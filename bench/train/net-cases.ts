/** A net that is trained here and by the peer (peers/nets.py makes the same). */
export interface NetCase {
  readonly title: string;
  readonly node: 'net' | 'layeredNet';
  readonly rows: number;
  readonly width: number;
  readonly classes: number;
  readonly batchSize: number;
  readonly params: Readonly<Record<string, unknown>>;
}

const sequence = { node: 'layeredNet' as const, rows: 4000, width: 160, classes: 3, batchSize: 32 };

export const NETS: Readonly<Record<string, NetCase>> = {
  dense: {
    title: 'dense net, 20,000×32',
    node: 'net',
    rows: 20_000,
    width: 32,
    classes: 3,
    batchSize: 32,
    params: { units: 32, layers: 2 },
  },
  cnn: {
    title: 'CNN, 4,000 pictures of 28×28',
    node: 'layeredNet',
    rows: 4000,
    width: 784,
    classes: 10,
    batchSize: 32,
    params: { input: [28, 28, 1], model: { preset: 'cnn' } },
  },
  lstm: {
    ...sequence,
    title: 'LSTM, 4,000 sequences of 20×8',
    params: { input: [20, 8], model: { preset: 'recurrent' } },
  },
  transformer: {
    ...sequence,
    title: 'Transformer, 4,000 sequences of 20×8',
    params: { input: [20, 8], model: { preset: 'transformer' } },
  },
};
