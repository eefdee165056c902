import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { z } from 'zod';
import { UserError } from '@trainyard/errors';
import { pretrainedFormat, type PretrainedLayer, type StoredTensor } from '../../../models/index.js';
import { netOf, readHdf5, type Hdf5 } from './keras/index.js';
import { readJson, readJsonAs } from './read-json.js';

const isKeras = (name: string): boolean => /\.keras$/i.test(name);
const [CONFIG, METADATA, WEIGHTS] = ['config.json', 'metadata.json', 'model.weights.h5'];
const WANTED: readonly string[] = [CONFIG, METADATA, WEIGHTS];
/** Most bytes of a description, and of weights that are packed more tightly than numbers are. */
const MOST = { description: 2 ** 26, weights: 2 ** 28 };
/** Keras does not pack; where somebody did, trained numbers are not 8 times smaller. */
const TIGHTEST = 8;
const metadata = z.looseObject({ keras_version: z.string().optional() });

/** Models of Keras 3: a zip with a description and weights in HDF5. */
export const kerasZip = pretrainedFormat({
  name: 'keras',
  title: 'Models of Keras 3: one file .keras',
  takes: (names) => names.filter(isKeras).length === 1,
  async read(files) {
    const name = files.names.find(isKeras)!;
    const entries = entriesOf(await files.bytes(name), name);
    const text = (entry: string): string => new TextDecoder().decode(entries[entry]);
    // The library reads files: what it is given is gone once it is open and read.
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-keras-'));
    try {
      const path = join(folder, WEIGHTS);
      writeFileSync(path, entries[WEIGHTS]!);
      const file = await readHdf5(path, `${WEIGHTS} of ${name}`);
      try {
        const groups = groupsByName(file);
        const net = netOf(
          readJson(text(CONFIG), `${CONFIG} of ${name}`),
          name,
          () =>
            ({ name: layer }) =>
              tensorsIn(file, groups.get(layer)),
        );
        const { keras_version: version } = readJsonAs(
          metadata,
          entries[METADATA] ? text(METADATA) : '{}',
          `${METADATA} of ${name}`,
        );
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

/** A few bytes may unpack to more than there is memory for. */
function requireSize({ name, size, originalSize }: UnzipFileInfo, file: string): true {
  const most = name === WEIGHTS ? Math.max(MOST.weights, TIGHTEST * size) : MOST.description;
  if (originalSize <= most) return true;
  throw new UserError(`${name} of ${file} unpacks to more than such a file has`, {
    where: { file },
    expected: `at most ${most} bytes of ${size} packed ones`,
    actual: `${originalSize} bytes`,
    remedy: 'do not use it unless you know who made it; saved anew by Keras, which does not pack, it is read',
  });
}

function entriesOf(bytes: Uint8Array, file: string): Record<string, Uint8Array> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter: (entry) => WANTED.includes(entry.name) && requireSize(entry, file),
    });
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${file} is no whole zip`, { where: { file }, cause, remedy: 'fetch it again' });
  }
  for (const wanted of [CONFIG, WEIGHTS])
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
