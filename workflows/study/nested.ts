import { isTrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { STUDY_TYPE, type OuterFold, type StudyAnswer, type StudyAsk } from '../../core/study/ask.js';
import type { NestedEstimate } from '../../core/study/state.js';
import type { Engine } from '../engine/index.js';
import type { StudyBook } from './book.js';
import { runTrial } from './trial.js';

/**
 * Nested validation (Stone 1974; Varma and Simon 2006, Bias in error estimation when using cross-validation for model
 * selection): the search is repeated in each outer fold, as a study of its own, and what it found there is judged on what
 * was held back from it. One after the other, so that no more runs at once than the search itself may.
 */
export async function estimateNested(engine: Engine, book: StudyBook): Promise<void> {
  for (const [index, fold] of (book.ask.nested ?? []).entries()) {
    if (index < book.outer.length) continue;
    book.outer.push(await outerFold(engine, book, fold, index + 1));
  }
}

async function outerFold(
  engine: Engine,
  book: StudyBook,
  { search, held }: OuterFold,
  number: number,
): Promise<NestedEstimate['folds'][number]> {
  const { nested: _, folds: __, continueAfter: ___, ...ask } = book.ask;
  const inner: StudyAsk = {
    ...ask,
    ...(isList(search) ? { folds: search } : { shared: { ...ask.shared, ...search } }),
    ...(book.planned === undefined ? {} : { trials: book.planned }),
  };
  let found: StudyAnswer;
  try {
    found = (await engine.child({
      workflow: STUDY_TYPE,
      name: `outer-${number}`,
      args: inner as unknown as Json,
    })) as unknown as StudyAnswer;
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-STUDY-FAILED') return { reason: error.what };
    throw error;
  }
  const searched = new Set(book.searched.domain.dimensions.map((dimension) => dimension.name));
  const params = Object.fromEntries(
    Object.entries(found.params).filter(([param]) => searched.has(param)),
  ) as StudyAnswer['params'] as NonNullable<NestedEstimate['folds'][number]['params']>;
  const { rungs: ____, ...whole } = ask;
  const { end } = await runTrial({
    engine,
    ask: { ...whole, shared: { ...ask.shared, ...held }, pruner: { name: 'none' } },
    trial: { number: -1, params, state: 'running', reports: [], by: 'given', startedAt: 0 },
    scope: `outer ${number}`,
    judge: () => false,
  });
  const value = end.values?.[0];
  return value === undefined ? { params, reason: end.reason ?? 'it gave no value' } : { params, value };
}

function isList(search: OuterFold['search']): search is Extract<OuterFold['search'], readonly unknown[]> {
  return Array.isArray(search);
}
