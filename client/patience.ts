/** Longest wait for what is looked at again soon, such as a page or a line of progress, ms. */
export const LOOK_MS = 3_000;

/** Longest wait for an answer without which a person or a program cannot go on, ms. */
export const ANSWER_MS = 10_000;
