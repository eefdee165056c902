import { html, type Html } from '@trainyard/pages';
import type { Warning } from '../contract.js';
import { section } from './contract.js';

const MOST = 200;

export const warnings = section({ name: 'warnings', draw: (profile) => warningList(profile.warnings) });

/** Warnings as a page lists them, in the order given. */
export function warningList(all: readonly Warning[]): Html {
  if (all.length === 0) return html`<p>No warnings.</p>`;
  const more = all.length - MOST;
  return html`<h2>Warnings</h2>
    <ul class="warnings">
      ${all.slice(0, MOST).map(({ kind, said }) => html`<li class="${kind}"><b>${kind}</b>${said}</li>`)}
    </ul>
    ${more > 0 ? html`<p class="soft">${more} more are in report.json.</p>` : ''}`;
}
