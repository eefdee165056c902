import { modelKind } from 'trainyard/models';
import { z } from 'zod';

/** `points.bin`: for each training row its features, then its value; double precision. */
export const nearestNeighbours = modelKind({
  name: 'nearest neighbours',
  title: 'The mean of the nearest training rows',
  tasks: ['regression'],
  settings: z.object({ k: z.number().int().min(1), width: z.number().int().min(1) }),
  async open({ settings: { k, width }, bytes }) {
    const points = new Float64Array((await bytes('points.bin')).slice().buffer);
    const rows = Array.from({ length: points.length / (width + 1) }, (_, i) =>
      points.subarray(i * (width + 1), (i + 1) * (width + 1)),
    );
    const predict = (features: Float64Array): number => {
      const distance = (row: Float64Array): number => features.reduce((sum, x, i) => sum + (x - row[i]!) ** 2, 0);
      const ranked = rows.map((row, at) => ({ at, far: distance(row) })).sort((a, b) => a.far - b.far || a.at - b.at);
      const nearest = ranked.slice(0, k);
      return nearest.reduce((sum, { at }) => sum + rows[at]![width]!, 0) / nearest.length;
    };
    return {
      takes: 'features',
      width,
      outputs: 1,
      score: (features, count) =>
        Float64Array.from({ length: count }, (_, i) => predict(features.subarray(i * width, (i + 1) * width))),
    };
  },
});
