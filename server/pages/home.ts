import { sayCount, sayDuration } from '../../core/duration.js';
import type { GraphRecord } from '../../core/graph.js';
import type { ReviewListing } from '../../client/review/reviews.js';
import { STATE_OF_END } from '../../client/run/states.js';
import type { Announcement } from '../../workflows/registry/contract.js';
import { sayMetric } from '../../client/graph/index.js';
import type { DamagedRecord, RunRecord } from '../../store/index.js';
import { html, type Html } from '@trainyard/pages';
import { page } from './layout.js';
import { causeWord, moment, stateMark } from '../../client/page-words.js';

export interface HomeContent {
  readonly runs: readonly RunRecord[];
  /** What runs without a recorded end say of themselves, by id: one may have been lost. */
  readonly open: ReadonlyMap<string, Pick<GraphRecord, 'state' | 'metric'>>;
  readonly approvals: readonly { readonly run: string; readonly name: string; readonly question: string }[];
  /** Absent where Temporal did not answer. */
  readonly reviews: readonly ReviewListing[] | undefined;
  readonly models: readonly Announcement[] | undefined;
  /** Records that could not be read, and count as not there. */
  readonly damaged: readonly DamagedRecord[];
  /** ms since the epoch. */
  readonly now: number;
}

/** What goes on, what waits for a person, what is served. */
export function homePage(content: HomeContent, keyName: string | undefined): Html {
  const main = html`<h1>Runs, reviews, models</h1>
    ${damagedRecords(content.damaged)}
    <h2>Waits for a person</h2>
    ${waiting(content)}
    <h2>Models</h2>
    ${modelCards(content.models)}
    <h2>Runs</h2>
    ${runTable(content)}`;
  return page({ title: 'Home', main, keyName });
}

/** Damaged records that are named on the page. */
const MOST_DAMAGED = 5;

function damagedRecords(damaged: HomeContent['damaged']): Html {
  if (damaged.length === 0) return html``;
  return html`<div class="problem">
    ${damaged.slice(0, MOST_DAMAGED).map(({ error }) => html`<p>${error.what}<br /><code>${error.where.file ?? ''}</code></p>`)}
    <p>
      ${damaged.length > MOST_DAMAGED ? `${damaged.length - MOST_DAMAGED} more are damaged. ` : ''}To do:
      ${damaged[0]?.error.remedy ?? ''}
    </p>
  </div>`;
}

function waiting({ reviews, approvals }: HomeContent): Html {
  if (reviews === undefined) return html`<p class="problem">Temporal does not answer: open reviews are not known.</p>`;
  if (reviews.length + approvals.length === 0) return html`<p class="quiet">Nothing.</p>`;
  return html`<div class="cards">
    ${approvals.map(
      ({ run, question }) =>
        html`<a class="card" href="/runs/${encodeURIComponent(run)}">
          <strong>${question}</strong><br />
          <span class="small">a decision of run ${run}</span>
        </a>`,
    )}
    ${reviews.map(
      (review) =>
        html`<a class="card" href="/reviews/${encodeURIComponent(review.id)}">
          <strong>Labels “${review.label}”</strong><br />
          <span class="small">${sayCount(review.items, 'row')} · run ${review.run}</span><br />
          <span class="small quiet">since ${moment(review.startedAt)}</span>
        </a>`,
    )}
  </div>`;
}

function modelCards(models: HomeContent['models']): Html {
  if (models === undefined) return html`<p class="problem">Temporal does not answer: models are not known.</p>`;
  if (models.length === 0) return html`<p class="quiet">None is registered yet.</p>`;
  return html`<div class="cards">
    ${models.map(
      (of) =>
        html`<a class="card" href="/models/${encodeURIComponent(of.model)}">
          <strong>${of.model}</strong>
          ${Object.entries(of.aliases).map(([alias, { version }]) => html`<br /><span class="small">${alias}: version ${version}</span>`)}
        </a>`,
    )}
  </div>`;
}

function runTable({ runs, open, now }: HomeContent): Html {
  if (runs.length === 0) return html`<p class="quiet">None yet. <code>npx trainyard run</code> starts one.</p>`;
  return html`<div class="wide">
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Pipeline</th>
          <th scope="col">State</th>
          <th scope="col">Metric</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">Took</th>
          <th scope="col">Because</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(({ start, end }) => {
          const took = (end ? Date.parse(end.endedAt) : now) - Date.parse(start.startedAt);
          const metric = end ? end.metric : open.get(start.id)?.metric;
          return html`<tr>
            <td data-name="Run"><a href="/runs/${encodeURIComponent(start.id)}">${start.id}</a></td>
            <td data-name="Pipeline">${start.pipeline}</td>
            <td data-name="State">
              ${stateMark(end ? STATE_OF_END[end.status] : (open.get(start.id)?.state ?? 'running'))}
            </td>
            <td class="nowrap" data-name="Metric">${metric && sayMetric(metric)}</td>
            <td class="nowrap" data-name="Started">${moment(start.startedAt)}</td>
            <td class="number" data-name="Took">${sayDuration(Math.max(0, took))}</td>
            <td data-name="Because">${causeWord(start.cause)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
