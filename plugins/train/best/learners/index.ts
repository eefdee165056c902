import { boosting } from './boosting.js';
import { baseline } from './constant.js';
import type { Learner } from './contract.js';
import { forest } from './forest.js';
import { linear } from './linear.js';
import { logistic } from './logistic.js';

export type { BestTask, Facts, FitRequest, Fitted, Form, Labelled, Learner, Lesson, Params } from './contract.js';

/** What every search begins with: it is there whatever else fails. */
export { baseline };

/** Learners in the order in which their first configurations are tried. One more is a file here and a line below. */
export const LEARNERS: readonly Learner[] = [boosting, logistic, linear, forest];
