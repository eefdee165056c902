import { taskType, type ModelTask } from './tasks/index.js';

/** Answers to a request as JSON. */
export interface AnswerText {
  /** The list of predictions. */
  readonly predictions: string;
  /** What the log keeps of them: the fields of a logged request from `labels` on, without braces. */
  readonly logged: string;
}

/**
 * Writes the answers of a task, rows of numbers as a scorer gives them. The text is the one that `JSON.stringify` makes of the same
 * predictions. Compiled once for a model: what is the same in all answers is written once.
 */
export function answerWriter(task: ModelTask): (numbers: Float64Array, rows: number) => AnswerText {
  const type = taskType(task);
  const width = type.names(task).length;
  const writer = type.writer?.(task);
  if (writer === undefined)
    return (numbers, rows) => {
      const answers = Array.from({ length: rows }, (_, row) =>
        type.answer(numbers.subarray(row * width, (row + 1) * width), task),
      );
      const kept = answers.map((answer) => type.logged(answer));
      const { labels, probabilities, ...more } = kept.every(({ label }) => label !== undefined)
        ? { labels: kept.map(({ label }) => label), probabilities: kept.map(({ probability = 0 }) => probability) }
        : { labels: [], probabilities: [], answers: kept.map(({ whole = null }) => whole) };
      const logged = JSON.stringify({ labels, probabilities, ...more });
      return { predictions: JSON.stringify(answers), logged: logged.slice(1, -1) };
    };
  const { answer, logged } = writer;
  return (numbers, rows) => {
    let predictions = '';
    let labels = '';
    let probabilities = '';
    for (let row = 0, at = 0; row < rows; row++, at += width) {
      const comma = row === 0 ? '' : ',';
      predictions += comma + answer(numbers, at);
      labels += comma + logged.label(numbers, at);
      probabilities += comma + logged.probability(numbers, at);
    }
    return { predictions: `[${predictions}]`, logged: `"labels":[${labels}],"probabilities":[${probabilities}]` };
  };
}
