import type { z } from 'zod';
import type { challengeVerdict } from './contract.js';
import { html, htmlPage, htmlTable, sayFigure } from '@trainyard/pages';
import { shortName, type TaskFigures } from '@trainyard/metrics';
import { comparedFigures } from './comparison.js';
import type { Rule } from './verdict.js';

/** The report of a comparison, for people. */
export function challengePage(
  value: z.output<typeof challengeVerdict>,
  task: TaskFigures,
  rule: Rule,
  openings: string | undefined,
): string {
  const title = value.verdict === 'promote' ? 'The challenger is promoted' : 'The champion is kept';
  const body = html`<ul>
      ${value.reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
    <p class="soft">
      ${sayLooked(value)} Rule: ${rule.rule}, by ${rule.figure.title} (the ${rule.figure.better} the better), at most
      ${rule.alpha} chance of calling equals different.
    </p>
    ${value.sets.map(
      (set) =>
        html`<h2>${set.rows === 'fresh' ? 'Fresh rows' : 'Sealed test rows'} (${set.n})</h2>
          ${set.rows === 'test' && openings !== undefined && html`<p class="soft">${openings}</p>`}
          ${htmlTable(
            ['figure', 'challenger', 'champion'],
            comparedFigures(task).map(({ name, title }) => [
              title,
              set.challenger[shortName(name)] ?? null,
              set.champion?.[shortName(name)] ?? null,
            ]),
          )}
          ${
            set.champion === null
              ? undefined
              : html`<p>
                  ${
                    set.p !== null &&
                    `Only the challenger is right on ${set.onlyChallenger ?? 0} rows, only the champion on ` +
                      `${set.onlyChampion ?? 0} (McNemar's exact test: p = ${sayFigure(set.p)}). `
                  }Difference
                  in the challenger's favour: ${sayFigure(set.difference)}, interval ${sayFigure(set.interval![0])} to
                  ${sayFigure(set.interval![1])}; margin ${sayFigure(set.margin)}.
                </p>`
          }`,
    )}`;
  return htmlPage(title, body);
}

/** Which rows were looked at: whether the sealed ones were needed. */
function sayLooked({ sets, decided }: z.output<typeof challengeVerdict>): string {
  const looked = new Set(sets.map(({ rows }) => rows));
  if (looked.has('test')) return looked.has('fresh') ? 'The fresh rows did not decide: the sealed ones do.' : '';
  return decided ? 'The fresh rows decide: the sealed test set stays closed.' : 'The fresh rows do not decide.';
}
