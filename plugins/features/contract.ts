import { z } from 'zod';
import { json, node, table, transform } from '../../core/index.js';
import { recipe } from './recipe.js';
import { monitorReference } from './reference.js';

/** Fits a recipe on the training part. The transform travels with every model trained on its features. */
export const fitFeatures = node({
  name: 'features.fit',
  version: '1',
  title: 'Fits the transform from rows to features on the training part',
  params: z.object({ recipe: recipe.describe('which columns become features, and how') }),
  inputs: { table },
  outputs: { transform, reference: json(monitorReference) },
  resources: { memory: '2GB' },
});
