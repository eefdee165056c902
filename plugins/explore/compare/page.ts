import { html, htmlPage, trusted } from '@trainyard/pages';
import { STYLE } from '../page.js';
import type { Comparison } from './comparison.js';
import { SECTIONS } from './sections/index.js';

const OWN = `.card .wide table{width:100%;max-width:none;font-size:.85rem;margin-top:.4rem}.card :is(td,th){padding:.15rem .4rem}
.moved{color:var(--b);font-weight:600}.warnings :is(.type-changed,.new-class){border-color:#c62828;background:color-mix(in srgb,#c62828 12%,transparent)}`;

/** Two tables side by side as one offline page: no script, nothing from elsewhere; light and dark; one column on a phone. */
export async function comparisonPage(comparison: Comparison, title: string): Promise<string> {
  // Loaded when a page is drawn, so that nothing else waits for it.
  const charts = await import('@trainyard/pages/charts');
  return htmlPage(
    title,
    html`<style>
        ${trusted(STYLE + OWN)}
      </style>
      ${SECTIONS.map((section) => section.draw(comparison, charts))}`,
  );
}
