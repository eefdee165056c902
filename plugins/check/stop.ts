import type { CheckFigures, RuleFigures } from '@trainyard/checks';
import { UserError } from '../../core/index.js';
import { sayExample } from './page.js';

/** Rules that an error tells of. */
const MOST = 5;

/** The error for a contract that has not passed: which rules, with rows that break them. Undefined where it has. */
export function notPassed(figures: CheckFigures): UserError | undefined {
  if (figures.verdict === 'passed') return undefined;
  const bad = figures.rules.filter(({ verdict, excused }) => verdict !== 'passed' && !excused);
  const first = bad[0];
  const counts = [
    figures.failed > 0 ? `${figures.failed} of ${figures.rules.length} rules failed` : '',
    bad.length > figures.failed ? `${bad.length - figures.failed} did not run` : '',
  ].filter(Boolean);
  return new UserError(`the table does not keep its contract: ${counts.join(', ') || 'no rule has run'}`, {
    where: { column: first?.columns[0], row: first?.examples[0]?.place ?? undefined, field: 'contract' },
    expected:
      bad
        .slice(0, MOST)
        .map((one) => `${sayRule(one)}: ${one.expected || 'that it runs'}`)
        .join('; ') || 'a rule that runs',
    actual:
      bad.slice(0, MOST).map(sayFound).join('; ') + (bad.length > MOST ? `; … (${MOST} of ${bad.length} rules)` : ''),
    remedy: 'correct the rows where they come from, or the contract; otherwise: "report" goes on with the report alone',
  });
}

function sayRule({ called, columns }: RuleFigures): string {
  return columns.length === 0 ? called : `${called} of ${columns.join(', ')}`;
}

function sayFound(one: RuleFigures): string {
  if (one.why !== null) return `${sayRule(one)} did not run: ${one.why}`;
  const rows = one.examples.map(sayExample).join(', ');
  const count =
    one.failing > 0
      ? `${one.failing} of ${one.seen} rows (${rows}${one.failing > one.examples.length ? ', …' : ''})`
      : '';
  return `${sayRule(one)}: ${one.actual ?? count}`;
}
