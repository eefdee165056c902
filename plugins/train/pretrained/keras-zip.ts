import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { pretrainedFormat, type PretrainedLayer, type StoredTensor } from '../../../models/index.js';
import { netOf, readHdf5, type Hdf5 } from './keras/index.js';

const isKeras = (name: string): boolean => /\.keras$/i.test(name);
const WEIGHTS = 'model.weights.h5';
const metadata = z.looseObject({ keras_version: z.string().optional() });

/** Models of Keras 3: a zip with a description and weights in HDF5. */
export const kerasZip = pretrainedFormat({
  name: 'keras',
  title: 'Models of Keras 3: one file .keras',
  takes: (names) => names.filter(isKeras).length === 1,
  async read(files) {
    const name = files.names.find(isKeras)!;
    const entries = entriesOf(await files.bytes(name), name);
    const json = (entry: string): unknown => JSON.parse(new TextDecoder().decode(entries[entry]));
    // The library reads files: what it is given is gone once it is open and read.
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-keras-'));
    try {
      const path = join(folder, WEIGHTS);
      writeFileSync(path, entries[WEIGHTS]!);
      const file = await readHdf5(path, `${WEIGHTS} of ${name}`);
      try {
        const groups = groupsByName(file);
        const net = netOf(
          json('config.json'),
          name,
          () =>
            ({ name: layer }) =>
              tensorsIn(file, groups.get(layer)),
        );
        const { keras_version: version } = metadata.parse(entries['metadata.json'] ? json('metadata.json') : {});
        const layers = await Promise.all(net.layers.map(held));
        return { ...net, layers, made: version === undefined ? net.made : `Keras ${version}` };
      } finally {
        file.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/** A layer whose numbers are read, since the file goes. */
async function held(layer: PretrainedLayer): Promise<PretrainedLayer> {
  const weights = await Promise.all(
    Object.entries(layer.weights ?? {}).map(async ([name, stored]) => {
      const values = await stored.values();
      return [name, { ...stored, values: async () => values }] as const;
    }),
  );
  return { ...layer, weights: Object.fromEntries(weights) };
}

function entriesOf(bytes: Uint8Array, file: string): Record<string, Uint8Array> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes);
  } catch (cause) {
    throw new UserError(`${file} is no whole zip`, { where: { file }, cause, remedy: 'fetch it again' });
  }
  for (const wanted of ['config.json', WEIGHTS])
    if (!entries[wanted])
      throw new UserError(`${file} lacks ${wanted}`, { where: { file }, expected: 'a model of Keras 3' });
  return entries;
}

/** Groups of weights by the name of their layer, which stands in them: the groups themselves are counted by class. */
function groupsByName(file: Hdf5): ReadonlyMap<string, string> {
  return new Map(
    (file.names('layers') ?? []).flatMap((group): [string, string][] => {
      const name = file.attribute(`layers/${group}/vars`, 'name');
      return typeof name === 'string' ? [[name, `layers/${group}`]] : [];
    }),
  );
}

/** Those of a layer, and of the cell within a recurrent one, by number. */
function tensorsIn(file: Hdf5, group: string | undefined): StoredTensor[] {
  if (group === undefined) return [];
  return [`${group}/vars`, `${group}/cell/vars`].flatMap((vars) =>
    [...(file.names(vars) ?? [])]
      .sort((a, b) => Number(a) - Number(b))
      .flatMap((number) => file.tensor(`${vars}/${number}`) ?? []),
  );
}
