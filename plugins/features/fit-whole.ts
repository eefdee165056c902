import { join } from 'node:path';
import { UserError } from '../../core/index.js';
import { carriedRules, id, openTable, sql, type Database, type Sql, type TableFiles } from '@trainyard/tables';
import { derivedQuery, withRules, type FittedTransform } from '@trainyard/transforms';
import { planOf, type Plan } from './choose-columns.js';
import { fitRecipe, inThird, transformOf, type FittedRecipe } from './fit-recipe.js';
import { keepFeatures } from './keep-features.js';
import { recipe as recipeSchema, type Recipe, type RecipeFor } from './recipe.js';
import { selectFeatures } from './select-features.js';

/** A fitted recipe, with what the selection said of each feature, and the transform that came of both. */
interface FittedWhole {
  readonly fitted: FittedRecipe;
  readonly features: Awaited<ReturnType<typeof selectFeatures>>;
  readonly transform: FittedTransform;
  readonly rows: number;
}

/**
 * Fits a recipe on a training part, as `features.fit` does, for a node that fits many: the transform alone, without the distribution of
 * columns and the report. Throws what `features.fit` refuses.
 */
export async function fitTransform(
  database: Database,
  table: TableFiles,
  recipe: RecipeFor<string, string>,
  scratch: string,
): Promise<FittedTransform> {
  const whole = await fitWhole(database, table, recipeSchema.parse(recipe), scratch, { referred: false });
  return whole.transform;
}

export async function fitWhole(
  database: Database,
  table: TableFiles,
  recipe: Recipe,
  scratch: string,
  { say, referred = true }: { readonly say?: (fraction: number, message: string) => void; readonly referred?: boolean },
): Promise<FittedWhole> {
  const columns = await openTable(database, 'training', table);
  const plan = planOf(recipe, columns);
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM training`);
  if (rows === 0) throw new UserError('the training part has no rows', { where: { port: 'table' } });
  const from = await withDerived(database, plan, columns, scratch);
  say?.(0.1, 'columns');
  const fitted = await fitRecipe(database, from, rows, plan, recipe, columns, { referred });
  say?.(0.7, 'selection');
  const features = await selectFeatures(
    { database, training: id('training'), columns, rows, label: fitted.label, scratch },
    fitted.transform,
    recipe,
  );
  const { steps, kept } = keepFeatures(
    fitted.transform.steps,
    features.map((feature) => feature.kept),
  );
  const whole = transformOf(steps, rows, columns);
  const transform = withRules(kept ? { ...inThird(whole, columns), kept } : whole, carriedRules(table), columns);
  return { fitted, features, transform, rows };
}

/** The training part with the columns that the recipe makes: computed once, kept on the disk. */
async function withDerived(
  database: Database,
  { derived }: Plan,
  columns: Plan['columns'],
  scratch: string,
): Promise<Sql> {
  if (derived.length === 0) return id('training');
  const path = join(scratch, 'derived.parquet');
  await database.write(derivedQuery(derived, id('training'), columns), path);
  await database.view('derived', path);
  return id('derived');
}
