import { join as joinPath } from 'node:path';
import { UserError } from '@trainyard/errors';
import { finite, id, join, ROW_ID, sql, type Column, type Database, type Sql } from '@trainyard/tables/sql';
import { featureColumn, featureNames, featuresQuery, type FittedTransform } from '@trainyard/transforms';
import { once, type Answers } from './answers.js';
import type { Label } from './label.js';
import { Lesson } from './lesson.js';
import type { Recipe } from './recipe.js';
import type { FitReport } from './report.js';
import { sampleOf, selectorNamed, type Sample } from './selection/index.js';

/** What a selection looks at. */
export interface Selecting {
  readonly database: Database;
  /** The training part itself, with its own columns. */
  readonly training: Sql;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly label: Label | undefined;
  readonly scratch: string;
  readonly answers: Answers;
}

/**
 * Takes the features of the training part through the selections of a recipe, one after the other; each scores those that the ones before it
 * left. Training rows have the features that a model is trained on: those encoded by the label are of their fold. Throws a UserError
 * where a selection leaves nothing.
 */
export async function selectFeatures(
  { database, training, columns, rows, label, scratch, answers }: Selecting,
  transform: FittedTransform,
  { select, seed }: Pick<Recipe, 'select' | 'seed'>,
): Promise<FitReport['features']> {
  const names = featureNames(transform);
  const features = names.map((name) => ({ name, kept: true, scores: [] as FitReport['features'][number]['scores'] }));
  if (select.length === 0) return features;
  const identity = columns.some(({ name }) => name === ROW_ID) ? id(ROW_ID) : undefined;
  const also = [...(identity ? [identity] : []), ...(label ? [id(label.column)] : [])];
  const { query } = featuresQuery(transform, training, columns, { also, training: identity !== undefined });
  // Computed once, kept on the disk.
  const path = joinPath(scratch, 'features.parquet');
  const ready = once(async () => {
    await database.write(query, path);
    await database.view('features', path);
  });
  const lesson = new Lesson(database, id('features'), columns, rows, label, seed, { answers, ready });
  const x = (feature: number): Sql => finite(featureColumn(feature));
  let sample: Promise<Sample> | undefined;
  const candidates = {
    lesson,
    names,
    x,
    sample: () =>
      (sample ??= sampleOf(
        lesson,
        names.map((_, i) => x(i)),
        known(label),
        identity ?? sql`concat_ws(' ', ${join(names.map((_, i) => featureColumn(i)))})`,
      )),
    label: () => known(label),
  };
  for (const given of select) {
    const left = [...features.keys()].filter((i) => features[i]!.kept);
    const scored = await selectorNamed(given.by).select(given, left, candidates);
    for (const [at, one] of scored.entries()) {
      const feature = features[left[at]!]!;
      feature.kept = one.kept;
      feature.scores.push({ by: given.by, ...one });
    }
    if (!features.some(({ kept }) => kept))
      throw new UserError(`the selection by ${given.by} leaves no feature`, {
        where: { field: 'recipe.select' },
        actual: `the highest score is ${Math.max(...scored.map(({ score }) => score))}`,
        remedy: 'ask for less, or for the most features that score highest',
      });
  }
  return features;
}

function known(label: Label | undefined): Label {
  if (label) return label;
  throw new Error('a selection looks at the label, and the recipe was taken without one');
}
