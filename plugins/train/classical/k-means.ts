import { UserError } from '@trainyard/errors';
import { fitKMeans, type KMeansResult } from '@trainyard/learners';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { clashOf, id, openTable, sql, withDatabase, writeTable, type TableOutput } from '@trainyard/tables';
import { featureNames, parseTransform } from '@trainyard/transforms';
import type { z } from 'zod';
import type { OutputArtifact } from '../../../worker/index.js';
import { implement, type InputArtifact } from '../../../worker/index.js';
import type { Model } from '../../../core/index.js';
import { writeModel } from '../../../models/index.js';
import { readUnlabelled, type Rows } from '../dataset.js';
import { clusterCentres } from '../kinds/centres.js';
import { tensorParts } from '../kinds/tensor-kind.js';
import { kMeans, type clusterFigures } from './contract.js';
import { requireModest } from './readable.js';

export const kMeansNode = implement(kMeans, async ({ params, inputs, ctx }) => {
  const transform = parseTransform(await inputs.prep.text('transform.json'));
  const given = { table: inputs.table, transform, part: 'table', scratch: ctx.scratch };
  const rows = await readUnlabelled(given);
  const features = featureNames(transform);
  requireModest(rows, features, 'table');
  const { clusters } = params;
  if (clusters > rows.rows)
    throw new UserError(`there are fewer rows than the ${clusters} clusters that are asked for`, {
      where: { field: 'clusters' },
      expected: `1 to ${rows.rows}`,
      actual: String(clusters),
    });
  requireDifferent(rows, clusters);
  const onStart = (start: number): void => {
    ctx.signal.throwIfAborted();
    ctx.progress(start / params.starts, `start ${start + 1} of ${params.starts}`);
  };
  const fit = fitKMeans(rows, { ...params, seed: ctx.seed, onStart });
  if (!fit.converged) ctx.log(`not settled after ${fit.iterations} rounds: raise iterations or tolerance`);
  const figures = figuresOf(fit, rows);
  const model = await writeModel({
    kind: clusterCentres,
    task: { type: 'embedding', size: clusters },
    ...tensorParts({}, { centres: { shape: [clusters, rows.width], values: fit.centres } }),
    transform,
    metrics: {},
    training: {
      node: kMeans.spec.name,
      version: kMeans.spec.version,
      params,
      seed: ctx.seed,
      iterations: fit.iterations,
      converged: fit.converged,
      rows: { train: rows.rows },
    },
    libraries: {},
    ranges: rows.ranges,
    rows: rows.sample,
  });
  return {
    model: model as OutputArtifact<Model<{ readonly task: 'embedding' }>>,
    table: await withClusters(inputs.table, params.as, fit.labels, ctx.scratch),
    clusters: {
      value: figures,
      files: {
        'report.html': page(figures, fit, features),
        'report.json': `${JSON.stringify({ ...figures, centres: centresOf(fit) })}\n`,
      },
    },
  };
});

/** Throws a UserError for fewer different rows than clusters: some would be empty. */
function requireDifferent({ rows, width, features }: Rows, clusters: number): void {
  const different = new Set<string>();
  for (let row = 0; row < rows && different.size < clusters; row++)
    different.add(features.subarray(row * width, (row + 1) * width).join());
  if (different.size >= clusters) return;
  throw new UserError(`there are fewer different rows than the ${clusters} clusters that are asked for`, {
    where: { field: 'clusters' },
    expected: `1 to ${different.size}, the number of rows whose features differ`,
    actual: String(clusters),
  });
}

/** The rows as they came, each with the number of its cluster. */
async function withClusters(
  table: InputArtifact,
  as: string,
  labels: Int32Array,
  scratch: string,
): Promise<TableOutput> {
  return withDatabase({ scratch }, async (database) => {
    const columns = await openTable(database, 'rows', table);
    const clash = clashOf([...columns.map(({ name }) => name), as]);
    if (clash)
      throw new UserError(`the table has a column "${as}" already`, {
        where: { field: 'as', column: as },
        remedy: "name another one: as: 'cluster of k-means'",
      });
    await database.insert(
      'clusters',
      [{ name: as, type: 'integer' }],
      Array.from(labels, (label) => ({ [as]: label })),
    );
    return writeTable(database, sql`SELECT rows.*, clusters.${id(as)} FROM rows POSITIONAL JOIN clusters`, scratch);
  });
}

type Figures = z.output<typeof clusterFigures>;

function figuresOf(fit: KMeansResult, { rows, width, features }: Rows): Figures {
  const sizes = Array.from({ length: fit.clusters }, () => 0);
  for (const label of fit.labels) sizes[label]!++;
  let whole = 0;
  for (let j = 0; j < width; j++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += features[row * width + j]! / rows;
    for (let row = 0; row < rows; row++) whole += (features[row * width + j]! - mean) ** 2;
  }
  const { inertia, iterations, converged } = fit;
  return { sizes, inertia, explained: whole > 0 ? 1 - inertia / whole : null, iterations, converged };
}

const centresOf = ({ centres, width, clusters }: KMeansResult): number[][] =>
  Array.from({ length: clusters }, (_, k) => [...centres.subarray(k * width, (k + 1) * width)]);

/** Features named on the page. */
const SHOWN = 30;

function page(figures: Figures, fit: KMeansResult, features: readonly string[]): string {
  const { sizes, inertia, explained, iterations } = figures;
  const shown = features.slice(0, SHOWN);
  const share =
    explained === null
      ? 'All rows are equal.'
      : `${(explained * 100).toFixed(1)} % of the spread lies between clusters.`;
  return htmlPage(
    'Clusters',
    html`<p>${sizes.length} clusters; inertia ${sayFigure(inertia)}. ${share} Settled after ${iterations} rounds.</p>
      <h2>Centres</h2>
      <p class="soft">
        In the features that the transform gives${features.length > SHOWN ? `; the first ${SHOWN}` : ''}.
      </p>
      ${htmlTable(
        ['cluster', 'rows', ...shown],
        centresOf(fit).map((centre, k) => [k, sizes[k]!, ...centre.slice(0, SHOWN)]),
      )}`,
  );
}
