import { sayDuration } from '../../core/duration.js';
import type { AnswersFile, Provenance, ReviewResult } from './outcome.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px; max-width: 1000px; color: #1d2421; background: #fff }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: 4px 10px; border-bottom: 1px solid #d9d6cc }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px } dt { color: #5c6863 } dd { margin: 0 }
.changed { background: #fff0c9 } pre { white-space: pre-wrap; background: #f5f3ec; padding: 8px 12px }
@media (prefers-color-scheme: dark) { body { color: #e7ebe8; background: #141816 } th, td { border-color: #37403c } .changed { background: #4a3b12 } pre { background: #1c2220 } dt { color: #9aa6a0 } }`;

/** The report of a review as one page that needs nothing from elsewhere. */
export function reviewPage({ figures, provenance }: ReviewResult, answers: AnswersFile): string {
  const rate = figures.errorRate;
  const facts: [string, string][] = [
    ['Rows in the table', String(figures.rows)],
    ['Checked by people', String(figures.checked)],
    ['Labels changed', String(figures.changed)],
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
  const people = figures.people.map(
    (person) =>
      `<tr><td>${escape(person.reviewer)}</td><td>${person.answers}</td><td>${sayDuration(person.medianMs)}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Labels of ${escape(figures.label)}</title><style>${STYLE}</style></head><body>
<h1>Review of the labels “${escape(figures.label)}”</h1>
<dl>${facts.map(([name, said]) => `<dt>${name}</dt><dd>${escape(said)}</dd>`).join('')}</dl>
<h2>People</h2><table><thead><tr><th>Reviewer</th><th>Answers</th><th>Time for one (median)</th></tr></thead><tbody>${people.join('')}</tbody></table>
${answers.guideline ? `<h2>Guideline</h2><pre>${escape(answers.guideline)}</pre>` : ''}
<h2>Each row that was looked at</h2>
<table><thead><tr><th>Row</th><th>Was</th><th>Is</th><th>Looked at because</th><th>Answers</th></tr></thead><tbody>${provenance.map(line).join('')}</tbody></table>
</body></html>
`;
}

function line(of: Provenance): string {
  const answers = of.answers.map(
    ({ label, reviewer, note, ms, at }) =>
      `${escape(label)} by ${escape(reviewer)}, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC, ${sayDuration(ms)}${note ? `: ${escape(note)}` : ''}`,
  );
  const became = of.label === null ? 'left out' : escape(of.label);
  return `<tr${of.label === of.given ? '' : ' class="changed"'}><td>${escape(of.row.slice(0, 20))}</td><td>${escape(of.given ?? '–')}</td><td>${became}${of.how === 'agreed' ? '' : ` (${of.how})`}</td><td>${of.why.join(', ')}</td><td>${answers.join('<br>') || '–'}</td></tr>`;
}
