import { z } from 'zod';

const numeric = z.strictObject({
  column: z.string(),
  fill: z
    .union([z.enum(['median', 'mean']), z.number()])
    .default('median')
    .describe('what stands in for a missing value: a statistic of the training part, or a number'),
  scale: z
    .enum(['standard', 'min-max', 'robust', 'none'])
    .default('standard')
    .describe('mean 0 and deviation 1; 0 to 1; median 0 and quartile range 1; as it is'),
  indicator: z.boolean().default(false).describe('a second feature that is 1 where the value was missing'),
  clip: z.number().positive().default(1e6).describe('largest absolute value given, after scaling'),
});

const categorical = z.strictObject({
  column: z.string(),
  missing: z
    .enum(['auto', 'feature', 'mode', 'zeros'])
    .default('auto')
    .describe(
      'a missing value: a feature of its own, the most frequent value, no feature; auto: the first if any is missing in training, else the last',
    ),
  unknown: z
    .enum(['auto', 'feature', 'zeros'])
    .default('auto')
    .describe(
      'a value that training did not have: a feature of its own or none; auto: the first if rare ones were put there',
    ),
  minCount: z.int().min(1).default(1).describe('values rarer than this in training count as unknown'),
  maxCategories: z.int().min(1).default(100).describe('more distinct values than this are refused'),
});

const pass = z.strictObject({
  column: z.string(),
  as: z
    .enum(['number', 'boolean', 'category'])
    .optional()
    .describe('how it stands among the features; by default as the column is: numbers, booleans, text as categories'),
  maxCategories: z.int().min(1).default(10_000).describe('more distinct values than this are refused'),
});

/** A column by name alone has the defaults. */
const numericColumn = z.union([z.string().transform((column) => numeric.parse({ column })), numeric]);
const categoricalColumn = z.union([z.string().transform((column) => categorical.parse({ column })), categorical]);
const passColumn = z.union([z.string().transform((column) => pass.parse({ column })), pass]);

/** Which columns become features, and how. */
export const recipe = z.strictObject({
  numeric: z.array(numericColumn).default([]).describe('columns of numbers'),
  categorical: z
    .array(categoricalColumn)
    .default([])
    .describe('columns of text, booleans or codes: one feature a value'),
  pass: z
    .array(passColumn)
    .default([])
    .describe(
      'columns passed on as they are, one feature each, missing values too: for models whose kind takes missing values',
    ),
  drop: z.array(z.string()).default([]).describe('columns that no feature is made of'),
  rest: z
    .enum(['drop', 'auto'])
    .default('drop')
    .describe('columns not named: left out, or numeric when they hold numbers and categorical otherwise'),
  label: z.string().optional().describe('the column to predict: never a feature'),
});

export type NumericRecipe = z.output<typeof numeric>;
export type CategoricalRecipe = z.output<typeof categorical>;
export type PassRecipe = z.output<typeof pass>;
export type Recipe = z.output<typeof recipe>;

type Columns<Column extends string, Spec extends { column: string }> = readonly (
  Column | (Omit<Spec, 'column'> & { readonly column: Column })
)[];

/** A recipe as its author writes it, for rows with these columns. */
export interface RecipeFor<Column extends string> {
  readonly numeric?: Columns<Column, z.input<typeof numeric>>;
  readonly categorical?: Columns<Column, z.input<typeof categorical>>;
  readonly pass?: Columns<Column, z.input<typeof pass>>;
  readonly drop?: readonly Column[];
  readonly rest?: 'drop' | 'auto';
  readonly label?: Column;
}
