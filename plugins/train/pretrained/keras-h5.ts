import { UserError } from '@trainyard/errors';
import { pretrainedFormat, type StoredTensor } from '../../../models/index.js';
import { netOf, readHdf5 } from './keras/index.js';
import { readJson } from './read-json.js';

const isH5 = (name: string): boolean => /\.(h5|hdf5)$/i.test(name);

/** Whole models in HDF5, as Keras 2 and 3 write them by the ending `.h5`. */
export const kerasH5 = pretrainedFormat({
  name: 'keras h5',
  title: 'Whole models of Keras 2 and 3 in HDF5: one file .h5',
  takes: (names) => names.filter(isH5).length === 1,
  async read(files) {
    const name = files.names.find(isH5)!;
    const file = await readHdf5(await files.path(name), name);
    const text = file.attribute('', 'model_config');
    if (typeof text !== 'string')
      throw new UserError(`${name} holds weights without a description of their net`, {
        where: { file: name },
        expected: 'a whole model, as model.save() writes it',
        remedy: 'save the whole model, not its weights alone',
      });
    return netOf(readJson(text, `model_config of ${name}`), name, () => ({ name: layer }) => {
      const listed = file.attribute(`model_weights/${layer}`, 'weight_names') ?? [];
      return (typeof listed === 'string' ? [listed] : listed).map((weight): StoredTensor => {
        const found = file.tensor(`model_weights/${layer}/${weight}`);
        if (found) return found;
        throw new UserError(`${name} names weights ${weight} of layer ${layer}, and holds none`, {
          where: { file: name },
        });
      });
    });
  },
});
