import { z } from 'zod';
import { centreDistances } from '@trainyard/learners';
import { tensorOf } from '../../../models/index.js';
import { distancesTo } from './operations.js';
import { tensorKind } from './tensor-kind.js';

/** Centres of clusters: tensor `centres` `[clusters, features]`. It answers with the distance to each: the nearest is the row's own. */
export const clusterCentres = tensorKind({
  name: 'cluster centres',
  title: 'Distances to the centres of clusters',
  tasks: ['embedding'],
  architecture: z.object({}),
  open(_architecture, tensors) {
    const { shape, values } = tensorOf(tensors, 'centres', [-1, -1]);
    const [clusters, width] = [shape[0]!, shape[1]!];
    const fit = { width, clusters, centres: Float64Array.from(values) };
    return {
      takes: 'features',
      width,
      outputs: clusters,
      score: (features, rows) => centreDistances(fit, features, rows),
    };
  },
  portable(_architecture, tensors) {
    const { shape, values } = tensorOf(tensors, 'centres', [-1, -1]);
    const width = shape[1]!;
    return { width, operations: (tf, features) => distancesTo(tf, features, values, width, 'euclidean').sqrt() };
  },
});
