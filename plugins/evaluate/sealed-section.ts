import { html, type Html } from '@trainyard/pages';
import { artifactLink, causeWord, moment } from '../../activities/processes/index.js';
import type { SealedSet } from '../../client/index.js';

/** Who opened a run's sealed test sets, when and because of what. Each further opening makes their figures say less. */
export function sealedSection(sets: readonly SealedSet[]): Html | undefined {
  if (sets.length === 0) return undefined;
  return html`${sets.map(
    ({ from, digest, openings }) =>
      html`<p>
          ${artifactLink(digest, from)}:
          ${
            openings.length === 0
              ? 'not opened yet.'
              : openings.length === 1
                ? 'opened once.'
                : `opened ${openings.length} times: the later figures say less about new rows.`
          }
        </p>
        ${
          openings.length > 0 &&
          html`<div class="wide">
            <table class="rows">
              <thead>
                <tr>
                  <th scope="col">Opened</th>
                  <th scope="col">By</th>
                  <th scope="col">Run</th>
                  <th scope="col">Started by</th>
                  <th scope="col">Model</th>
                  <th scope="col">Reason</th>
                </tr>
              </thead>
              <tbody>
                ${openings.map(
                  ({ openedAt, node, run, purpose, by, models = [], reason, allowedBy }) =>
                    html`<tr>
                      <td data-name="Opened">${moment(openedAt)}</td>
                      <td data-name="By">${node}</td>
                      <td data-name="Run"><a href="/runs/${encodeURIComponent(run)}">${run}</a> (${purpose})</td>
                      <td data-name="Started by">${causeWord(by)}</td>
                      <td data-name="Model">
                        ${models.map((model) => html`${artifactLink(model, model.slice(7, 19))} `)}
                      </td>
                      <td data-name="Reason">${reason ?? ''}${allowedBy === undefined ? '' : ` (${allowedBy})`}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
        }`,
  )}`;
}
