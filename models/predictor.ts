import { UserError } from '@trainyard/errors';
import {
  applyRules,
  applyTransformToRows,
  featureNames,
  inputsAfter,
  passesMissing,
  type FeatureRow,
  type FittedTransform,
  type RowRule,
} from '@trainyard/transforms';
import type { ModelCard } from './card.js';
import type { ModelKind, Scorer } from './kind.js';
import { checkRows } from './request.js';
import { taskType, type Prediction } from './tasks/index.js';
import { unfit } from './tensors.js';

/** An opened model with its fitted transform inside. It holds no state between calls: one may serve many at once. */
export interface Predictor {
  readonly card: ModelCard;
  /** Answers rows by column name; each must bring every input, `null` where it is not known. Throws TY-PREDICT-INPUT. */
  predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Prediction[]>;
  /**
   * Numbers `[rows, outputs]`, row after row, of rows that are known to fit, such as those of a table: columns that the
   * model does not use may be there. What they mean says the card's task. A row alone and in a batch give the same bits.
   * The rows have gone through the first `done` of the rules, all of them by default, and go through the rest.
   */
  score(rows: readonly FeatureRow[], done?: number): Promise<Float64Array>;
  /** The rules of cleaning that the training table went through, and that requests go through. */
  readonly rules: readonly RowRule[];
  /** Names of the columns that a row must bring which has gone through the first `done` of the rules. */
  needs(done: number): string[];
  /** Names of the numbers that `score` gives for a row. */
  readonly outputs: readonly string[];
  /** Frees what the model holds outside JavaScript's memory. */
  dispose(): Promise<void>;
}

/** Joins a model's parts. Throws a UserError when transform, scorer and task do not fit each other. */
export function joinPredictor(
  kind: Pick<ModelKind, 'name' | 'missing'>,
  card: ModelCard,
  transform: FittedTransform | undefined,
  scorer: Scorer,
  dispose: () => Promise<void> = async () => undefined,
): Predictor {
  const type = taskType(card.task);
  const outputs = type.names(card.task);
  if (outputs.length !== scorer.outputs)
    throw unfit("the model's task does not fit its scorer", {
      expected: `${outputs.length} numbers a row: ${outputs.slice(0, 5).join(', ')}${outputs.length > 5 ? ', …' : ''}`,
      actual: `${scorer.outputs} numbers`,
    });
  const scored = scoreWith(kind, scorer, transform);
  const rules = transform?.rules ?? [];
  const rest = Array.from({ length: rules.length + 1 }, (_, done) => rules.slice(done));
  const score = async (rows: readonly FeatureRow[], done = rules.length): Promise<Float64Array> => {
    const left = rest[done] ?? [];
    const numbers = await scored(left.length === 0 ? rows : rows.map((row) => applyRules(left, row)));
    if (numbers.length !== rows.length * outputs.length)
      throw unfit(`the model kind "${kind.name}" gave ${numbers.length} numbers for ${rows.length} rows`, {
        expected: `${outputs.length} a row`,
      });
    for (let row = 0; row < rows.length; row++) {
      const problem = type.problem(numbers.subarray(row * outputs.length, (row + 1) * outputs.length), card.task);
      if (problem !== undefined)
        throw new UserError(`the model gave no answer for a row: ${problem}`, {
          where: { row },
          expected: `what a task of type ${type.type} is answered with`,
        });
    }
    return numbers;
  };
  return {
    card,
    outputs,
    score,
    rules,
    needs: (done) =>
      transform ? inputsAfter(transform, done).map(({ name }) => name) : card.inputs.map(({ name }) => name),
    predict: async (rows) => {
      checkRows(card.inputs, rows);
      const numbers = await score(rows, 0);
      return rows.map(
        (_, row) =>
          type.answer(numbers.subarray(row * outputs.length, (row + 1) * outputs.length), card.task) as Prediction,
      );
    },
    dispose: async () => {
      await scorer.dispose?.();
      await dispose();
    },
  };
}

/** Rows to numbers: through the transform, where the scorer takes features. */
function scoreWith(
  kind: Pick<ModelKind, 'name' | 'missing'>,
  scorer: Scorer,
  transform: FittedTransform | undefined,
): (rows: readonly FeatureRow[]) => Float64Array | Promise<Float64Array> {
  if (scorer.takes === 'rows') {
    if (transform) throw unfit(`models of the kind "${kind.name}" take rows as they are, and this one has a transform`);
    return (rows) => scorer.score(rows);
  }
  if (!transform) throw unfit(`models of the kind "${kind.name}" take features, and this one has no transform`);
  const features = featureNames(transform).length;
  if (features !== scorer.width)
    throw unfit("the model's transform does not fit its weights", {
      expected: `${scorer.width} features`,
      actual: `${features} features`,
    });
  if (passesMissing(transform) && !kind.missing)
    throw unfit(`models of the kind "${kind.name}" take no missing values, and the transform passes them on`);
  return (rows) => scorer.score(applyTransformToRows(transform, rows), rows.length);
}
