import { html, htmlFacts, htmlPage, htmlTable } from '@trainyard/pages';
import type { FitReport } from './report.js';

/** Features of a column that the page names. */
const NAMED = 12;
/** Features that the page lists with their scores. */
const LISTED = 2000;

/** What was fitted, as a page for people. */
export function featuresPage({ rows, derived, columns, features }: FitReport): string {
  const kept = features.filter((feature) => feature.kept).length;
  const selections = [...new Set(features.flatMap(({ scores }) => scores.map(({ by }) => by)))];
  const few = (names: readonly string[]): string =>
    names.length <= NAMED ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
  return htmlPage(
    'Features',
    html`${htmlFacts([
        ['rows', rows],
        ['features', kept],
        ['left out', features.length - kept],
        ...(derived.length === 0 ? [] : [['columns made', derived.join(', ')] as const]),
      ])}
      <h2>Columns</h2>
      ${htmlTable(
        ['column', 'as', 'how', 'learnt', 'missing', 'a missing value', 'an unknown value', 'features'],
        columns.map((one) => [
          one.column,
          one.list,
          one.how,
          one.learnt,
          one.missing,
          one.ifMissing,
          one.ifUnknown,
          few(one.features),
        ]),
      )}
      ${
        selections.length === 0
          ? ''
          : html`<h2>Selection</h2>
              ${htmlTable(
                ['feature', 'kept', ...selections],
                features
                  .slice(0, LISTED)
                  .map(({ name, kept: stays, scores }) => [
                    name,
                    stays ? 'yes' : 'no',
                    ...selections.map((by) => scores.find((one) => one.by === by)?.score ?? null),
                  ]),
              )}`
      }`,
  );
}
