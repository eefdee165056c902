import type { CheckFigures, RuleFigures } from '@trainyard/checks';
import { html, htmlFacts, htmlPage, htmlTable, type Html } from '@trainyard/pages';

/** What a contract came to, as a page for people: what did not pass comes first. */
export function checkPage({ verdict, rows, passed, failed, didNotRun, rules }: CheckFigures): string {
  const order = { failed: 0, 'did not run': 1, passed: 2 };
  const sorted = [...rules].sort((a, b) => order[a.verdict] - order[b.verdict]);
  return htmlPage(
    'Data contract',
    html`<p><strong>The contract ${verdict === 'did not run' ? 'did not run' : `has ${verdict}`}.</strong></p>
      ${htmlFacts([
        ['rows', rows],
        ['rules that passed', passed],
        ['that failed', failed],
        ['that did not run', didNotRun],
      ])}
      <h2>Rules</h2>
      ${htmlTable(
        ['verdict', 'rule', 'columns', 'expected', 'rows seen', 'skipped', 'failing', 'what was found'],
        sorted.map((one) => [
          one.excused ? `${one.verdict}, which is well` : one.verdict,
          one.called,
          one.columns.join(', '),
          one.expected,
          one.seen,
          one.skipped,
          one.failing,
          found(one),
        ]),
      )}`,
  );
}

function found({ why, actual, examples }: RuleFigures): Html {
  return html`${why ?? actual ?? ''}${examples.map((one) => html`<div>${sayExample(one)}</div>`)}`;
}

/** A row that breaks a rule, in words. */
export function sayExample({ place, row, text }: RuleFigures['examples'][number]): string {
  const where =
    place === null ? (row === null ? 'a row' : `row ${row}`) : `row ${place}${row === null ? '' : ` (${row})`}`;
  return `${where}: ${text ?? 'nothing'}`;
}
