import type { Problem } from '../problem.js';
import { html, type Html } from '@trainyard/pages';
import { page } from './layout.js';

/** An error as a page: what happened and what to do. */
export function problemPage(problem: Problem, keyName: string | undefined): Html {
  const main = html`<section class="narrow">
    <h1>${problem.title}</h1>
    <p>${problem.detail}</p>
    ${problem.expected !== undefined && html`<p>Expected: ${problem.expected}</p>`}
    ${problem.remedy !== undefined && html`<p>To do: ${problem.remedy}</p>`}
    <p class="quiet">${problem.status}${problem.code !== undefined && ` · ${problem.code}`}</p>
    <p>
      <a href="/">Home</a>
      ${problem.status === 401 && html` · <a href="/sign-in">Sign in</a>`}
    </p>
  </section>`;
  return page({ title: problem.title, main, keyName });
}
