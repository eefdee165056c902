import { sayDuration } from '../../core/index.js';
import { html, htmlFacts, htmlPage, htmlTable, type Html, sayShare } from '@trainyard/pages';
import type { AnswersFile, Provenance, ReviewResult } from './review-result.js';

const percent = (share: number): string => sayShare(share, 1);

/** Rows that the report draws one by one; a browser takes seconds for tens of thousands. */
export const MOST_ROWS = 500;

/** The report of a review, for people. `report.json` beside it holds every row. */
export function reviewPage({ figures, provenance }: ReviewResult, answers: AnswersFile): string {
  const rate = figures.errorRate;
  const facts: [string, string | number][] = [
    ['Rows in the table', figures.rows],
    ['Checked by people', figures.checked],
    ['Labels changed', figures.changed],
    [
      'Wrong labels before the review',
      rate
        ? `${percent(rate.estimate)} of all (95 % interval ${percent(rate.low)} to ${percent(rate.high)}), estimated from ${figures.audited} rows drawn at random`
        : 'not estimated: no rows were drawn at random',
    ],
    ['Closed', figures.closed === 'complete' ? 'when everything was answered' : 'at the deadline'],
  ];
  if (figures.unanswered > 0)
    facts.push([
      'Not answered',
      `${figures.unanswered}, ${answers.byDefault === 'keep' ? 'which keep their labels' : 'which are left out'}`,
    ]);
  if (figures.ties > 0) facts.push(['Undecided', `${figures.ties}, which keep their labels`]);
  if (figures.agreement !== null) facts.push(['Agreement of two people', percent(figures.agreement)]);
  return htmlPage(
    `Review of the labels “${figures.label}”`,
    html`${htmlFacts(facts)}
      <h2>People</h2>
      ${
        figures.people.length === 0
          ? html`<p>Nobody answered.</p>`
          : htmlTable(
              ['reviewer', 'answers', 'time for one (median)'],
              figures.people.map((person) => [person.reviewer, person.answers, sayDuration(person.medianMs)]),
            )
      }
      ${
        answers.guideline !== '' &&
        html`<h2>Guideline</h2>
          <pre>${answers.guideline}</pre>`
      }
      <h2>Each row that was looked at</h2>
      ${
        provenance.length === 0
          ? html`<p>None.</p>`
          : htmlTable(['row', 'was', 'is', 'looked at because', 'answers'], provenance.slice(0, MOST_ROWS).map(rowOf))
      }
      ${
        provenance.length > MOST_ROWS &&
        html`<p>
          The first ${MOST_ROWS} of ${provenance.length.toLocaleString('en')} rows. <code>report.json</code>, beside
          this page in the artifact, holds all of them.
        </p>`
      }`,
  );
}

function rowOf({ row, given, label, how, why, answers }: Provenance): (string | Html)[] {
  const became = `${label ?? 'left out'}${how === 'agreed' ? '' : ` (${how})`}`;
  const said = answers.map(
    ({ label: by, reviewer, note, ms, at }) =>
      html`<div>
        ${by} by ${reviewer}, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC,
        ${sayDuration(ms)}${note && `: ${note}`}
      </div>`,
  );
  return [
    row.slice(0, 20),
    given ?? '–',
    label === given ? became : html`<mark>${became}</mark>`,
    why.join(', '),
    said.length === 0 ? '–' : html`${said}`,
  ];
}
