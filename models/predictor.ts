import { isTrainyardError, TrainyardError, UserError } from '@trainyard/errors';
import {
  applyTransformToRows,
  featureNames,
  inputsAfter,
  passesMissing,
  throughRules,
  shortIn,
  unknownIn,
  type FeatureRow,
  type FittedTransform,
  type RowRule,
} from '@trainyard/transforms';
import type { ModelCard } from './card.js';
import type { Explainer, ModelKind, Scorer } from './kind.js';
import { answerWriter, type AnswerText } from './answer-text.js';
import { rowCheck } from './request.js';
import { taskType, type Prediction } from './tasks/index.js';
import { unfit } from './tensors.js';

/** What a model answers to a request. */
export interface Answered {
  readonly predictions: Prediction[];
  /** Rows with columns whose value is none that training kept, by their place in the request. */
  readonly unknown: readonly NamedColumns[];
  /** Rows with columns that were made of fewer earlier rows than they look back at: those that the request brought. */
  readonly short: readonly NamedColumns[];
}

/** Columns of a row of a request, by its place. */
export interface NamedColumns {
  readonly row: number;
  readonly columns: readonly string[];
}

/** The same before it is said: numbers, as the task names them. */
export interface Responded extends Pick<Answered, 'unknown' | 'short'> {
  /** `[rows, outputs]` */
  readonly numbers: Float64Array;
  readonly rows: number;
}

/** An opened model with its fitted transform inside. It holds no state between calls: one may serve many at once. */
export interface Predictor {
  readonly card: ModelCard;
  /** Answers rows by column name; each must bring every input, `null` where it is not known. Throws TY-PREDICT-INPUT. */
  predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Prediction[]>;
  /** The same, with what of the rows the model does not know. */
  answer(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Answered>;
  /** The same as numbers: at once where the model's kind scores at once, so that a server need not come back to it. */
  respond(rows: readonly Readonly<Record<string, unknown>>[]): Responded | Promise<Responded>;
  /** Says numbers: as predictions, */
  say(responded: Responded): Prediction[];
  /** and as text of JSON, the same to the letter. */
  write(responded: Responded): AnswerText;
  /**
   * Numbers `[rows, outputs]`, row after row, of rows that are known to fit, such as those of a table: columns that the
   * model does not use may be there. What they mean says the card's task. A row alone and in a batch give the same bits.
   * The rows have gone through the first `done` of the rules, all of them by default, and go through the rest.
   */
  score(rows: readonly FeatureRow[], done?: number): Promise<Float64Array>;
  /** The same of rows as the transform's features `[rows, features]`, where the model has one. */
  scoreFeatures?(features: Float64Array, rows: number): Promise<Float64Array>;
  /** What each feature added to the model's scores, where its kind says it. */
  readonly explain?: Explainer | undefined;
  /** What rows become features by; `undefined` for models that take rows as they are. */
  readonly transform: FittedTransform | undefined;
  /** The rules of cleaning that the training table went through, and that requests go through. */
  readonly rules: readonly RowRule[];
  /** Names of the columns that a row must bring which has gone through the first `done` of the rules. */
  needs(done: number): string[];
  /** Names of the numbers that `score` gives for a row. */
  readonly outputs: readonly string[];
  /** Frees what the model holds outside JavaScript's memory. */
  dispose(): Promise<void>;
}

const NONE: readonly NamedColumns[] = [];

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
  const through = Array.from({ length: rules.length + 1 }, (_, done) => transform && throughRules(transform, done));
  const unknown = transform && unknownIn(transform);
  // Only rules look back.
  const short = transform && rules.length > 0 ? shortIn(transform) : undefined;
  const checked = (numbers: Float64Array, rows: number): Float64Array => {
    if (numbers.length !== rows * outputs.length)
      throw unfit(`the model kind "${kind.name}" gave ${numbers.length} numbers for ${rows} rows`, {
        expected: `${outputs.length} a row`,
      });
    const { length } = outputs;
    for (let row = 0; row < rows; row++) {
      const problem = type.problem(
        rows === 1 ? numbers : numbers.subarray(row * length, (row + 1) * length),
        card.task,
      );
      if (problem !== undefined)
        throw new UserError(`the model gave no answer for a row: ${problem}`, {
          where: { row },
          expected: `what a task of type ${type.type} is answered with`,
        });
    }
    return numbers;
  };
  const ruled = (rows: readonly FeatureRow[], done: number): readonly FeatureRow[] => {
    const take = through[done];
    return take && done < rules.length ? rows.map(take) : rows;
  };
  const check = rowCheck(card.inputs);
  const respond = (rows: readonly Readonly<Record<string, unknown>>[]): Responded | Promise<Responded> => {
    const given = refusedAsRequest(() => ruled(check(rows), 0));
    const finish = (numbers: Float64Array): Responded => ({
      numbers: checked(numbers, given.length),
      rows: given.length,
      unknown: named(given, unknown),
      short: named(given, short),
    });
    const numbers = scored.rows(given);
    return numbers instanceof Float64Array ? finish(numbers) : numbers.then(finish);
  };
  const say = ({ numbers, rows }: Responded): Prediction[] =>
    Array.from(
      { length: rows },
      (_, row) =>
        type.answer(numbers.subarray(row * outputs.length, (row + 1) * outputs.length), card.task) as Prediction,
    );
  const writer = answerWriter(card.task);
  const answer = async (rows: readonly Readonly<Record<string, unknown>>[]): Promise<Answered> => {
    const responded = await respond(rows);
    return { predictions: say(responded), unknown: responded.unknown, short: responded.short };
  };
  const { features: scoreFeatures } = scored;
  return {
    card,
    outputs,
    score: async (rows, done = rules.length) => checked(await scored.rows(ruled(rows, done)), rows.length),
    ...(scoreFeatures && {
      scoreFeatures: async (features, rows) => checked(await scoreFeatures(features, rows), rows),
    }),
    explain: scorer.takes === 'features' ? scorer.explain : undefined,
    transform,
    rules,
    needs: (done) =>
      transform ? inputsAfter(transform, done).map(({ name }) => name) : card.inputs.map(({ name }) => name),
    answer,
    respond,
    say,
    write: ({ numbers, rows }) => writer(numbers, rows),
    predict: async (rows) => (await answer(rows)).predictions,
    dispose: async () => {
      await scorer.dispose?.();
      await dispose();
    },
  };
}

/** A row that the rules of cleaning cannot read is a mistake of the request: of a node it would be one of its input. */
function refusedAsRequest<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isTrainyardError(error) || error.code !== 'TY-NODE-INPUT') throw error;
    const { what, where, expected, actual, remedy, cause } = error;
    throw new TrainyardError('TY-PREDICT-INPUT', { what, where, expected, actual, remedy, cause });
  }
}

/** The rows of which something names columns. */
function named(
  rows: readonly FeatureRow[],
  name: ((row: FeatureRow) => readonly string[]) | undefined,
): readonly NamedColumns[] {
  if (name === undefined) return NONE;
  let found: NamedColumns[] | undefined;
  for (let row = 0; row < rows.length; row++) {
    const columns = name(rows[row]!);
    if (columns.length > 0) (found ??= []).push({ row, columns });
  }
  return found ?? NONE;
}

type Scored = Float64Array | Promise<Float64Array>;

/** Rows to numbers: through the transform, where the scorer takes features. */
function scoreWith(
  kind: Pick<ModelKind, 'name' | 'missing'>,
  scorer: Scorer,
  transform: FittedTransform | undefined,
): {
  readonly rows: (rows: readonly FeatureRow[]) => Scored;
  readonly features?: (features: Float64Array, rows: number) => Scored;
} {
  if (scorer.takes === 'rows') {
    if (transform) throw unfit(`models of the kind "${kind.name}" take rows as they are, and this one has a transform`);
    return { rows: (rows) => scorer.score(rows) };
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
  return {
    rows: (rows) => scorer.score(applyTransformToRows(transform, rows), rows.length),
    features: (features, rows) => scorer.score(features, rows),
  };
}
