import { UserError } from '@trainyard/errors';
import { finite, id, sql, type Column } from '@trainyard/tables/sql';
import type { PassStep } from '@trainyard/transforms';
import { z } from 'zod';
import { allMissing, holdsNumbers, tooMany } from '../refusals.js';
import { featureKind } from './contract.js';

const schema = z.strictObject({
  column: z.string(),
  as: z
    .enum(['number', 'boolean', 'category'])
    .optional()
    .describe('how it stands among the features; by default as the column is: numbers, booleans, text as categories'),
  maxCategories: z.int().min(1).default(10_000).describe('more distinct values than this are refused'),
});

/** Columns passed on as they are, for model kinds that take missing values. */
export const pass = featureKind({
  list: 'pass',
  schema,
  sole: true,
  check: (spec, column) => void typeOf(spec, column),
  async fit(spec, column, lesson) {
    const { name } = column;
    const type = typeOf(spec, column);
    const known = type === 'number' ? finite(id(name)) : id(name);
    const present = await lesson.number(sql`count(${known})`);
    const said = { how: `passed on as a ${type}`, missing: lesson.rows - present, ifMissing: 'NaN' };
    if (present === 0) throw allMissing(name);
    if (type !== 'category')
      return { ...said, steps: [{ kind: 'pass', column: name, type }], learnt: 'nothing', ifUnknown: 'as it is' };
    const values = [...(await lesson.countsOf(name)).counts.keys()];
    if (values.length === 0) throw allMissing(name);
    if (values.length > spec.maxCategories)
      throw tooMany(name, values.length, spec.maxCategories, `${values.length} values`, 'maxCategories');
    const step: PassStep = { kind: 'pass', column: name, type, categories: values.sort() };
    return { ...said, steps: [step], learnt: `${values.length} values`, ifUnknown: 'NaN' };
  },
});

/** How a column is passed on: as it is, or as the recipe says where it can be. */
function typeOf({ as }: z.output<typeof schema>, column: Column): PassStep['type'] {
  const own = holdsNumbers(column) ? 'number' : column.type === 'boolean' ? 'boolean' : 'category';
  const type = as ?? own;
  if (type === 'category' || type === own) return type;
  throw new UserError(`column "${column.name}" cannot be passed on as a ${type}`, {
    where: { column: column.name, field: 'recipe.pass' },
    expected: own === 'category' ? 'category' : `${own}, or category`,
    actual: `a column of type ${column.type}`,
  });
}
