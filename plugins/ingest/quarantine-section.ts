import { artifactLink } from '../../activities/processes/index.js';
import type { RunView } from '../../client/index.js';
import { sayLimit } from '@trainyard/tables/bad';
import { html, type Html } from '@trainyard/pages';
import { siftFigures, type SiftFigures } from './contract.js';

/** The quarantines of a run that hold something: how much, the first lines, and where the whole is. */
export function quarantineSection({ graph }: Pick<RunView, 'graph'>): Html | undefined {
  const parts = graph.nodes.flatMap(({ node, outputs = {} }) => {
    const { report, quarantine } = outputs;
    if (node !== 'ingest.sift' || !report || !quarantine) return [];
    const links = html`${artifactLink(quarantine.digest, 'the whole quarantine')} ·
    ${artifactLink(report.digest, 'the report')}`;
    // The graph of a large run has no values.
    const figures = siftFigures.safeParse(report.value);
    if (!figures.success) return [html`<p>${links}</p>`];
    return figures.data.dropped === 0 ? [] : [partOf(figures.data, links)];
  });
  return parts.length === 0 ? undefined : html`${parts}`;
}

function partOf({ source, read, dropped, limit, overLimit, unit, first }: SiftFigures, links: Html): Html {
  return html`<p>
      <strong>${dropped} of ${read} rows</strong> of ${source} cannot be read as its schema says; allowed:
      ${sayLimit({ limit })}${overLimit && ', so this is over the limit'}. ${links}
    </p>
    <div class="wide">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">${unit === 'line' ? 'Line' : 'Row'}</th>
            <th scope="col">Column</th>
            <th scope="col">Text</th>
            <th scope="col">Expected</th>
          </tr>
        </thead>
        <tbody>
          ${first.map(
            ({ file, place, column, rule, text, expected }) =>
              html`<tr>
                <td data-name="${unit === 'line' ? 'Line' : 'Row'}">${file && `${file}, `}${place}</td>
                <td data-name="Column">${column ?? `(${rule})`}</td>
                <td data-name="Text">${text ?? html`<span class="quiet">nothing</span>`}</td>
                <td data-name="Expected">${expected}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
