import { html, type Html } from '@trainyard/pages';

/** An action that is unfolded before it can be taken: a confirmation that needs no script. */
export function step(id: string, words: string, content: Html): Html {
  return html`<details id="${id}" class="action">
    <summary>${words}</summary>
    ${content}
  </details>`;
}

/** A form that the page's script sends, and the browser itself where there is none. */
export function form(run: string, action: string, parts: readonly Html[]): Html {
  return html`<form class="stack" method="post" action="/runs/${encodeURIComponent(run)}/actions/${action}" data-act>
    ${parts}
  </form>`;
}

export function whyField(id: string, required: boolean): Html {
  return html`<label class="small" for="${id}">Why</label>
    <input id="${id}" name="why" maxlength="2000" ${required ? 'required' : ''} />`;
}
