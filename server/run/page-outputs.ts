import type { GraphRecord } from '../../core/graph.js';
import { isRef } from '../../core/handle.js';
import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { html, type Html } from '@trainyard/pages';
import { artifactLink, jsonText } from '../../client/page-words.js';

/** What a run gave for people: its result, reports in frames of their own, plots. */
export function outputs(graph: GraphRecord): Html {
  const reports = madeBy(graph, 'report');
  const ofMany = reports.filter(({ scope }) => /\d/.test(scope));
  const own = ofMany.length < MANY ? reports : reports.filter((one) => !ofMany.includes(one));
  const plots = madeBy(graph, 'plot');
  return html`${
    graph.result !== undefined &&
    graph.result !== null &&
    html`<h2>Result</h2>
      ${resultOf(graph.result)}`
  }
  ${
    reports.length > 0 &&
    html`<h2>Reports</h2>
      ${own.map(report)}
      ${
        own.length < reports.length &&
        html`<details id="reports-of-many" class="many">
          <summary>${ofMany.length} reports of trials and shards</summary>
          ${ofMany.map(report)}
        </details>`
      }`
  }
  ${
    plots.length > 0 &&
    html`<h2>Plots</h2>
      <div class="cards plots">
        ${plots.map(
          ({ title, ref }) =>
            html`<figure>
              <a href="/artifacts/${ref.digest}/plot.svg"
                ><img src="/artifacts/${ref.digest}/plot.svg" alt="Plot of ${title}" loading="lazy"
              /></a>
              <figcaption>${title}</figcaption>
            </figure>`,
        )}
      </div>`
  }`;
}

/** Reports of numbered scopes from which on they are folded together. */
const MANY = 4;

function report({ title, ref }: Made): Html {
  return html`<details id="report-${ref.digest}">
    <summary>${title} <a class="small" href="/artifacts/${ref.digest}/report.html">alone</a></summary>
    <iframe
      class="report"
      loading="lazy"
      sandbox="allow-scripts"
      src="/artifacts/${ref.digest}/report.html"
      title="Report of ${title}"
    ></iframe>
  </details>`;
}

/** A result for people: what is named, one under the other; artifacts as links with their small values. */
function resultOf(result: Json): Html {
  if (isRef(result)) return artifact(result);
  if (typeof result !== 'object' || result === null || Array.isArray(result) || Object.keys(result).length === 0)
    return html`<pre tabindex="0">${jsonText(result)}</pre>`;
  return html`<dl class="result">
    ${Object.entries(result).map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>
            ${isRef(value) ? artifact(value) : isNamedRefs(value) ? resultOf(value) : typeof value === 'object' ? html`<pre>${jsonText(value)}</pre>` : String(value)}
          </dd>`,
    )}
  </dl>`;
}

/** The outputs of a node, as a result holds them: artifacts by name. */
function isNamedRefs(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isRef);
}

function artifact({ kind, digest, value }: Ref): Html {
  const small = JSON.stringify(value);
  return html`${artifactLink(digest, kind)}${value !== undefined && (small.length <= 80 ? html` <code>${small}</code>` : html`<pre>${jsonText(value)}</pre>`)}`;
}

interface Made {
  readonly title: string;
  readonly scope: string;
  readonly ref: Ref;
}

/** Artifacts of a kind, each once, with the call that gave it first. */
function madeBy(graph: GraphRecord, kind: string): Made[] {
  const seen = new Set<string>();
  return graph.nodes.flatMap((node) =>
    Object.entries(node.outputs ?? {}).flatMap(([port, ref]) => {
      if (ref.kind !== kind || seen.has(ref.digest)) return [];
      seen.add(ref.digest);
      const name = port === 'out' || port === kind ? node.node : `${node.node} ${port}`;
      return [{ title: node.scope === '' ? name : `${name} (${node.scope})`, scope: node.scope, ref }];
    }),
  );
}
