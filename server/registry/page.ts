import { figuresOfVersion, sayMeasured } from '../../client/registry/version-figures.js';
import { sayEvent } from '../../client/registry/say-event.js';
import type { ModelView } from '../../client/registry/model-view.js';
import type { ModelVersion } from '../../workflows/registry/contract.js';
import { sayFigures, type MonitorState, type WindowRecord } from '../../workflows/monitor/contract.js';
import { sayCount } from '../../core/duration.js';
import { html, type Html } from '@trainyard/pages';
import { page } from '../pages/layout.js';
import { artifactLink, moment } from '../../client/page-words.js';

/** Lines of the history and of the windows that the page shows at once. */
const SHOWN = 30;

/** A model: where its aliases stand, its versions, who moved what and why, and what its monitor sees. */
export function modelPage(model: ModelView, monitor: MonitorState | undefined, keyName: string | undefined): Html {
  const aliases = Object.entries(model.aliases);
  const main = html`<h1>Model ${model.name}</h1>
    <p class="quiet">
      ${aliases.map(([alias, { version, since, by, why }]) => html`<strong>${alias}</strong>: ${versionLink(model, version)} since ${moment(since)}, by ${by}: ${why}. `)}
      As JSON:
      <a href="/api/models/${model.name}">model</a
      >${monitor && html`, <a href="/api/monitors/${model.name}">monitor</a>`}.
    </p>
    ${model.problem !== undefined && html`<p class="problem">Older versions could not be moved into the store: ${model.problem}</p>`}
    ${model.behind.map(({ receiver, lines, problem }) => html`<p class="problem">Webhook ${receiver} has not acknowledged ${sayCount(lines, 'line')}: ${problem}</p>`)}
    <h2>Versions</h2>
    <div class="wide">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Stands as</th>
            <th scope="col">Registered</th>
            <th scope="col">Run</th>
            <th scope="col">Tested</th>
            <th scope="col">In training</th>
            <th scope="col">Model</th>
          </tr>
        </thead>
        <tbody>
          ${[...model.versions]
            .reverse()
            .map((version) =>
              versionRow(version, [
                ...aliases.filter(([, a]) => a.version === version.version).map(([name]) => name),
                ...(version.deleted ? ['deleted'] : version.deprecated === null ? [] : ['deprecated']),
              ]),
            )}
        </tbody>
      </table>
    </div>
    ${older(model, 'versionsBefore', model.versions[0]?.version, model.counts.versions, 'version')}
    <h2>History</h2>
    <ol reversed class="small">
      ${[...model.history]
        .reverse()
        .slice(0, SHOWN)
        .map(
          (event) =>
            html`<li value="${event.number}">
              ${moment(event.at)} ${event.by}: ${sayEvent(event)}
              <span class="quiet">(${event.why})</span>
            </li>`,
        )}
    </ol>
    ${older(model, 'historyBefore', model.history.slice(-SHOWN)[0]?.number, model.counts.history, 'line')}
    <h2>Monitor</h2>
    ${monitor ? monitorPart(monitor) : html`<p class="quiet">No monitor watches this endpoint.</p>`}`;
  return page({ title: `Model ${model.name}`, main, keyName });
}

/** A version's number; with a link to where it stands when that is another part of the list. */
function versionLink({ name, versions }: ModelView, version: number): Html {
  if (versions.some((one) => one.version === version)) return html`version ${version}`;
  return html`<a href="/models/${name}?versionsBefore=${version + 1}">version ${version}</a>`;
}

/** Where the list goes on: to older ones, and back to the newest. */
function older(
  { name, versions, history }: ModelView,
  field: 'versionsBefore' | 'historyBefore',
  first: number | undefined,
  count: number,
  what: string,
): Html {
  const last = (field === 'versionsBefore' ? versions.at(-1)?.version : history.at(-1)?.number) ?? 0;
  const before = (first ?? 1) - 1;
  return html`<p class="quiet">
    ${before > 0 && html`<a href="/models/${name}?${field}=${before + 1}">${sayCount(before, `older ${what}`)}</a> `}
    ${last < count && html`<a href="/models/${name}">the newest</a>`}
  </p>`;
}

function versionRow(one: ModelVersion, aliases: readonly string[]): Html {
  const { version, registeredAt, run, model } = one;
  const { tested, trained } = figuresOfVersion(one);
  return html`<tr>
    <td data-name="Version">${version}</td>
    <td data-name="Stands as">${aliases.join(', ')}</td>
    <td class="nowrap" data-name="Registered">${moment(registeredAt)}</td>
    <td data-name="Run"><a href="/runs/${encodeURIComponent(run)}">${run}</a></td>
    <td data-name="Tested">
      ${tested ? html`<strong>${sayMeasured(tested)}</strong><br /><span class="small">${artifactLink(tested.report, 'the report')}</span>` : html`<span class="quiet">no evidence was given</span>`}
    </td>
    <td class="quiet" data-name="In training">
      ${trained.map((figures, i) => html`${i > 0 && html`<br />`}${figures.on}: ${sayMeasured(figures)}`)}
    </td>
    <td data-name="Model">${artifactLink(model.digest, model.digest.slice(7, 19))}</td>
  </tr>`;
}

function monitorPart(state: MonitorState): Html {
  const { config, windows, drifted, waiting, problem, lost, retrainings, pending } = state;
  const recent = [...state.recent].reverse().slice(0, SHOWN);
  return html`<p>
      ${sayCount(windows, 'window')} of ${config.window} rows, drift in ${drifted}; compared with
      ${artifactLink(config.table.digest, 'the training table')}${state.accepted.length > 0 && ' and the rows of retrainings that were promoted'}.
      ${state.paused && 'Paused. '}${state.frozen && 'Retraining is frozen. '}${waiting && `No retraining: ${waiting}. `}
      ${lost > 0 && `${sayCount(lost, 'request was', 'requests were')} dropped by the stream before they could be counted.`}
    </p>
    ${problem && html`<p class="problem">${problem}</p>`}
    ${
      pending &&
      html`<ul>
        ${pending.says.map((says) => html`<li>${says}</li>`)}
      </ul>`
    }
    <h3>Retrainings</h3>
    ${retrainings.length === 0 && html`<p class="quiet">None yet.</p>`}
    <ul>
      ${[...retrainings].reverse().map(({ number, run, startedAt, columns, labelled, verdict }) => html`<li>${number}: ${moment(startedAt)} <a href="/runs/${encodeURIComponent(run)}">${run}</a> for ${columns.join(', ')}, ${labelled} labelled rows: ${verdict ?? 'under way'}</li>`)}
    </ul>
    <h3>Windows</h3>
    ${
      recent.length === 0
        ? html`<p class="quiet">None yet: the first is complete after ${config.window} rows.</p>`
        : html`<div class="wide">
            <table class="rows">
              <thead>
                <tr>
                  <th scope="col">Window</th>
                  <th scope="col">Until</th>
                  <th scope="col">Rows</th>
                  <th scope="col">Outcomes</th>
                  <th scope="col">Versions</th>
                  <th scope="col">Drift</th>
                </tr>
              </thead>
              <tbody>
                ${recent.map(windowRow)}
              </tbody>
            </table>
          </div>`
    }`;
}

function windowRow(window: WindowRecord): Html {
  const { number, to, rows, labelled, versions, drifted, findings, table, report } = window;
  const said = sayFigures(window);
  return html`<tr>
    <td data-name="Window">${artifactLink(table.digest, String(number))}</td>
    <td class="nowrap" data-name="Until">${moment(to)}</td>
    <td data-name="Rows">${rows}</td>
    <td data-name="Outcomes">${said === undefined ? 'not known' : `${said} on ${labelled}`}</td>
    <td data-name="Versions">${versions.join(', ')}</td>
    <td data-name="Drift">
      ${artifactLink(report.digest, drifted ? 'drift' : 'none')}${findings.map(({ says }) => html`<br />${says}`)}
    </td>
  </tr>`;
}
