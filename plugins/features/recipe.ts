import { z } from 'zod';
import { derivation, type DerivationInput } from './derivations/index.js';
import { categorical, cyclic, groups, hashed, numeric, pass, text, type Spec } from './kinds/index.js';
import { selection, type SelectionInput } from './selection/index.js';

/** Entries of a list; where a column's name is enough, it has the defaults. */
function named<Schema extends z.ZodType<Spec>>(schema: Schema) {
  return z.array(z.union([z.string().transform((column) => schema.parse({ column })), schema])).default([]);
}

/** Which columns become features, and how. */
export const recipe = z.strictObject({
  derive: z
    .array(derivation)
    .default([])
    .describe(
      'columns made of others, in order; those that nothing else of the recipe names become features as with rest: "auto"',
    ),
  numeric: named(numeric.schema).describe('columns of numbers'),
  categorical: named(categorical.schema).describe('columns of text, booleans or codes'),
  pass: named(pass.schema).describe(
    'columns passed on as they are, one feature each, missing values too: for models whose kind takes missing values',
  ),
  cyclic: z.array(cyclic.schema).default([]).describe('columns of numbers that go round: sine and cosine'),
  text: named(text.schema).describe('columns of text by their terms'),
  hashed: named(hashed.schema).describe('columns of categories or text in a fixed number of features'),
  groups: z.array(groups.schema).default([]).describe("statistics of a row's group, as the training part has them"),
  select: z
    .array(selection)
    .default([])
    .describe('choices among the features, one after the other, each with a score for all that those before it left'),
  drop: z.array(z.string()).default([]).describe('columns that no feature is made of'),
  rest: z
    .enum(['drop', 'auto'])
    .default('drop')
    .describe('columns not named: left out, or numeric when they hold numbers and categorical otherwise'),
  label: z.string().optional().describe('the column to predict: never a feature'),
  labelAs: z
    .enum(['auto', 'classes', 'number'])
    .default('auto')
    .describe('how what learns from the label takes it; auto: as a number where it holds numbers'),
  seed: z.int().min(0).max(0xffffffff).default(0).describe('says which fold a row is in, and which rows are drawn'),
});

export type Recipe = z.output<typeof recipe>;
/** A recipe as its author writes it. */
export type RecipeInput = z.input<typeof recipe>;

type Columns<Column extends string, Entry extends Spec> = readonly (Column | Named<Column, Entry>)[];
type Named<Column extends string, Entry extends Spec> = Omit<Entry, 'column'> & { readonly column: Column };
type Input<Schema extends z.ZodType> = z.input<Schema> & Spec;

/** A derivation whose column has a known name. */
type Deriving<Derived extends string> = DerivationInput & { readonly name: Derived };

/** A recipe as its author writes it, for rows with these columns; `Derived` are those that it makes itself. */
export interface RecipeFor<Column extends string, Derived extends string = never> {
  readonly derive?: readonly Deriving<Derived>[];
  readonly numeric?: Columns<Column | NoInfer<Derived>, Input<typeof numeric.schema>>;
  readonly categorical?: Columns<Column | NoInfer<Derived>, Input<typeof categorical.schema>>;
  readonly pass?: Columns<Column | NoInfer<Derived>, Input<typeof pass.schema>>;
  readonly cyclic?: readonly Named<Column | NoInfer<Derived>, Input<typeof cyclic.schema>>[];
  readonly text?: Columns<Column | NoInfer<Derived>, Input<typeof text.schema>>;
  readonly hashed?: Columns<Column | NoInfer<Derived>, Input<typeof hashed.schema>>;
  readonly groups?: readonly (Omit<Named<Column | NoInfer<Derived>, Input<typeof groups.schema>>, 'of'> & {
    readonly of: Column | NoInfer<Derived>;
  })[];
  readonly select?: readonly SelectionInput[];
  readonly drop?: readonly (Column | NoInfer<Derived>)[];
  readonly rest?: 'drop' | 'auto';
  readonly label?: Column;
  readonly labelAs?: 'auto' | 'classes' | 'number';
  readonly seed?: number;
}
