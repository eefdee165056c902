import { join } from 'node:path';
import { UserError } from '../../core/index.js';
import { carriedRules, id, openTable, sql, type Database, type Sql, type TableFiles } from '@trainyard/tables';
import { derivedQuery, withRules, type FittedTransform } from '@trainyard/transforms';
import { Answers, once, type Kept } from './answers.js';
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
  /** Questions about the rows that an earlier attempt had been told the answers of. */
  readonly takenUp: number;
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

interface Telling {
  readonly say?: (fraction: number, message: string) => void;
  /** Whether the distribution of columns is wanted. */
  readonly referred?: boolean;
  /** Where what was learnt is kept while it is learnt, for an attempt after this one. */
  readonly kept?: Kept;
}

/** Rows from which on what was learnt is kept: below, a fit takes less than keeping would. */
const MANY = 50_000;

export async function fitWhole(
  database: Database,
  table: TableFiles,
  recipe: Recipe,
  scratch: string,
  { say, referred = true, kept }: Telling,
): Promise<FittedWhole> {
  const columns = await openTable(database, 'training', table);
  const plan = planOf(recipe, columns);
  const { rows } = await database.row<{ rows: number }>(sql`SELECT count(*) AS rows FROM training`);
  if (rows === 0) throw new UserError('the training part has no rows', { where: { port: 'table' } });
  const answers = kept && rows >= MANY ? await Answers.open(kept) : Answers.none();
  const { from, ready } = withDerived(database, plan, columns, scratch);
  say?.(0.1, 'columns');
  const asking = ready ? { answers, ready } : { answers };
  const fitted = await fitRecipe(database, from, rows, plan, recipe, columns, { referred, asking });
  say?.(0.7, 'selection');
  const features = await selectFeatures(
    { database, training: id('training'), columns, rows, label: fitted.label, scratch, answers },
    fitted.transform,
    recipe,
  );
  await answers.end();
  const { steps, kept: left } = keepFeatures(
    fitted.transform.steps,
    features.map((feature) => feature.kept),
  );
  const whole = transformOf(steps, rows, columns);
  const transform = withRules(left ? { ...inThird(whole, columns), kept: left } : whole, carriedRules(table), columns);
  return { fitted, features, transform, rows, takenUp: answers.takenUp };
}

/** The training part with the columns that the recipe makes: computed once, when it is asked, and kept on the disk. */
function withDerived(
  database: Database,
  { derived }: Plan,
  columns: Plan['columns'],
  scratch: string,
): { readonly from: Sql; readonly ready?: () => Promise<void> } {
  if (derived.length === 0) return { from: id('training') };
  const path = join(scratch, 'derived.parquet');
  const ready = once(async () => {
    await database.write(derivedQuery(derived, id('training'), columns), path);
    await database.view('derived', path);
  });
  return { from: id('derived'), ready };
}
