import type { ReviewState } from '../../workflows/review/contract.js';
import { html, type Html } from '@trainyard/pages';
import { markdown } from '../markdown.js';
import { page } from '../pages/layout.js';

/** The page on which people review labels: keyboard first, everything live comes from the interface for programs. */
export function reviewPage(id: string, state: ReviewState, keyName: string | undefined): Html {
  const { spec } = state;
  const main = html`<section
    id="review"
    data-id="${id}"
    data-label="${spec.label}"
    data-labels="${JSON.stringify(spec.labels)}"
    data-signed-in="${keyName ?? ''}"
  >
    <div class="review-head">
      <div>
        <h1>Is this <q>${spec.label}</q> right?</h1>
        <p class="quiet small">Run <a href="/runs/${encodeURIComponent(state.run)}">${state.run}</a></p>
      </div>
      <div class="review-progress">
        <progress id="progress" max="${spec.items}" value="${state.settled}"></progress>
        <p id="progress-text" class="small quiet">${state.settled} of ${spec.items} settled</p>
      </div>
    </div>
    <p id="status" role="status" class="small"></p>
    <p id="message" role="alert"></p>

    <form id="who" class="stack narrow" hidden>
      <label for="reviewer">Your name, as it shall stand on the record</label>
      <input id="reviewer" name="reviewer" maxlength="100" autocomplete="name" required />
      <button type="submit">Start</button>
    </form>

    <div id="desk" class="desk" hidden>
      <div class="row-card" id="row" tabindex="-1" aria-live="polite"></div>
      <div class="answers">
        <div id="labels" class="labels" role="group" aria-label="Labels"></div>
        <div class="note">
          <label for="note">Note <kbd>n</kbd></label>
          <textarea id="note" rows="2" maxlength="2000" placeholder="Why, if it is not plain to see"></textarea>
        </div>
        <p class="tools">
          <button type="button" id="undo" disabled><kbd>u</kbd> Undo</button>
          <span class="quiet small" id="mine"></span>
        </p>
      </div>
      ${
        spec.guideline !== '' &&
        html`<details class="guideline" open>
          <summary>Guideline</summary>
          ${markdown(spec.guideline)}
        </details>`
      }
    </div>
    <div id="rest" class="rest" hidden></div>
  </section>`;
  return page({ title: `Review of ${spec.label}`, main, scripts: ['review.js'], keyName, shape: 'reviewing' });
}
