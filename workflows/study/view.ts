import { studySentence, studyText } from '../../core/study/index.js';
import type { Shown } from '../engine/index.js';
import type { StudyBook } from './book.js';

/** What operators see of a study in the Temporal UI: how far it is, the curve, its trials. */
export function shownOf(book: StudyBook): Shown {
  const now = Date.now();
  const state = book.state(now);
  const best = state.best === null ? undefined : state.trials[state.best];
  return {
    name: 'study',
    head: `**${state.name}** of ${state.target} ${state.status}: ${studySentence(state, now)}`,
    text: studyText(state, now),
    metric: best?.values?.[0],
  };
}
