import { html, htmlPage, trusted } from '@trainyard/pages';
import type { Profile } from './profile.js';
import { SECTIONS } from './sections/index.js';

export const STYLE = `.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:.75rem;padding:0;margin:1rem 0;list-style:none}
.tiles li,.card{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem}.tiles b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles span,.card small{color:var(--soft)}.warnings{padding:0;list-style:none;display:grid;gap:.5rem}
.warnings li{border-left:4px solid var(--b);background:color-mix(in srgb,var(--b) 9%,transparent);border-radius:0 8px 8px 0;padding:.45rem .8rem;overflow-wrap:anywhere}
.warnings :is(.leak,.shared-rows){border-color:#c62828;background:color-mix(in srgb,#c62828 12%,transparent)}.warnings b{margin-right:.5rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.9rem;align-items:start}.card{min-width:0}.card h3{margin:0;font-size:1rem;overflow-wrap:anywhere}
.card.label{border:2px solid var(--a)}.card small{overflow-wrap:anywhere}.card dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.2rem,1fr));gap:.3rem .8rem;margin:.4rem 0 0}
.card dt{font-size:.78rem;color:var(--soft)}.card dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
svg.plot{display:block;overflow:visible;margin-top:.4rem}svg.plot text{white-space:pre;font-size:11px}.wide svg.plot{max-width:none}.card svg.plot{width:100%}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}.legend svg{width:.8rem;height:.8rem;margin-right:.35rem}ul.sheet{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(4.2rem,1fr));gap:.5rem}
.sheet li{text-align:center;min-width:0}.sheet img{width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;border:1px solid var(--line);border-radius:6px;background:#fff}.sheet small{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
h2,h3{overflow-wrap:anywhere}h3{font-size:1rem;margin:1rem 0 .3rem}`;

/** A profile as one offline page: no script, nothing from elsewhere; light and dark; one column on a phone. */
export async function profilePage(profile: Profile, title: string): Promise<string> {
  // Loaded when a page is drawn, so that nothing else waits for it.
  const charts = await import('@trainyard/pages/charts');
  return htmlPage(
    title,
    html`<style>
        ${trusted(STYLE)}
      </style>
      ${SECTIONS.map((section) => section.draw(profile, charts))}`,
  );
}
