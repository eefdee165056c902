import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportFormat, readyFeatures } from '../../../models/index.js';
import { loadLightgbm } from '../../kit/lightgbm.js';

const TOOL = 'lightgbm';

/** The text that LightGBM itself keeps models in: the model as it was trained. */
export const lightgbm = exportFormat({
  name: TOOL,
  title: "LightGBM's own text, for LightGBM in any language",
  refuses: ({ texts }) => (texts?.[TOOL] ? undefined : 'it was not trained by LightGBM'),
  async write({ width, outputs, texts, fills = [], categories = [] }) {
    const { files, gives } = texts![TOOL]!;
    return {
      files,
      input: { name: 'data', type: 'float64', shape: [null, width] },
      output: { name: 'predictions', type: 'float64', shape: [null, outputs.length] },
      also: { gives, files: Object.keys(files), fills, categories },
      tolerance: 1e-12,
    };
  },
  async open(folder, model) {
    const { files, answers } = model.texts![TOOL]!;
    const library = await loadLightgbm();
    const boosters = await Promise.all(
      Object.keys(files).map(async (file) => library.load(await readFile(join(folder, file), 'utf8'))),
    );
    return {
      runtime: `LightGBM ${library.version}`,
      score: async (features, rows) =>
        answers(
          boosters.map((one) => one.predict('probability', readyFeatures(model, features, rows), rows)),
          rows,
        ),
      dispose: async () => boosters.forEach((one) => one.free()),
    };
  },
});
