import { html, type Html } from '@trainyard/pages';
import type { StudyState } from '../../../client/index.js';
import { bestTrial } from '../../../core/study/index.js';
import { form, jsonText, step, whyField } from '../../../activities/processes/index.js';

/** What a person can do to a study that goes on: more trials, one by hand, a pause, an end with the best so far. */
export function studyActions(state: StudyState, canAct: boolean): Html | false {
  if (!canAct || state.endedAt !== undefined || state.status === 'done') return false;
  const decided = (decision: string, parts: readonly Html[], words: string): Html =>
    form(state.run, 'study', [
      html`<input type="hidden" name="decision" value="${decision}" />`,
      ...parts,
      whyField(`study-${decision}-why`, false),
      html`<button type="submit">${words}</button>`,
    ]);
  const trials = html`<label class="small" for="study-trials">More trials</label>
    <input id="study-trials" name="trials" type="number" min="1" step="1" value="10" required />`;
  const params = html`<label class="small" for="study-params">Parameters, as JSON</label>
    <textarea id="study-params" name="params" rows="6" spellcheck="false" required>
${jsonText(bestTrial(state)?.params ?? state.trials[0]?.params ?? {})}</textarea>`;
  return html`<div class="actions">
    ${state.budget.trials !== undefined && step('study-grow', 'More trials …', decided('grow', [trials], 'Add them'))}
    ${step('study-add', 'A trial by hand …', decided('add', [params], 'Add this trial'))}
    ${
      state.status === 'paused'
        ? step('study-resume', 'Go on …', decided('resume', [], 'Begin trials again'))
        : step('study-pause', 'Pause …', decided('pause', [], 'Begin no trials for now'))
    }
    ${step('study-stop', 'End it …', decided('stop', [], 'End with the best so far'))}
  </div>`;
}
