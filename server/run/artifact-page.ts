import { sayBytes } from '../../core/duration.js';
import type { Manifest } from '../../store/index.js';
import { html, type Html } from '@trainyard/pages';
import { page } from '../pages/layout.js';
import { jsonText } from '../../client/page-words.js';

/** An artifact: its kind, value and files. */
export function artifactPage(digest: string, manifest: Manifest, value: unknown, keyName: string | undefined): Html {
  const sealed = manifest.kind.startsWith('sealed');
  const files = manifest.files.map(
    ({ name, size, digest: of }) =>
      html`<tr>
        <td data-name="File">
          ${sealed ? name : html`<a href="/artifacts/${digest}/${encodeURIComponent(name)}">${name}</a>`}
        </td>
        <td class="number" data-name="Size">${sayBytes(size)}</td>
        <td class="mono small" data-name="SHA-256">${of}</td>
      </tr>`,
  );
  const main = html`<h1>${manifest.kind}</h1>
    <p class="mono small quiet">${digest}</p>
    ${sealed && html`<p>It stays sealed: only nodes that say so open it (<code>evaluate.final</code>), on the record.</p>`}
    ${
      value !== undefined &&
      html`<h2>Value</h2>
        <pre tabindex="0">${jsonText(value)}</pre>`
    }
    ${
      files.length > 0 &&
      html`<h2>Files</h2>
        <div class="wide">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col" class="number">Size</th>
                <th scope="col">SHA-256</th>
              </tr>
            </thead>
            <tbody>
              ${files}
            </tbody>
          </table>
        </div>`
    }`;
  return page({ title: manifest.kind, main, keyName });
}
