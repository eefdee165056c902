import { sayDuration } from '../../core/duration.js';
import type { ReviewState } from './contract.js';

/** A review in a few lines of Markdown, for the Temporal UI: how much is left, who works on it, how far they agree, what it waits for. */
export function detailsOf(state: ReviewState, now: number, problem?: string): string {
  const { spec, settled, items, people, pairs, equalPairs, deadline } = state;
  const lines = [`**Label review ${state.name}**: ${settled} of ${items} rows of \`${spec.label}\` are settled.`];
  if (deadline !== undefined && state.open) {
    const then = spec.byDefault === 'keep' ? 'the others keep their labels' : 'the others are left out';
    lines.push(`In ${sayDuration(Math.max(0, deadline - now))} it closes, and ${then}.`);
  }
  if (pairs > 0)
    lines.push(`Two people agree in ${Math.round((100 * equalPairs) / pairs)} % of ${pairs} pairs of answers.`);
  if (people.length > 0) {
    const rows = people.map(
      ({ reviewer, answers, medianMs }) => `${reviewer}: ${answers} answers, ${sayDuration(medianMs)} each (median)`,
    );
    lines.push(`\`\`\`\n${rows.join('\n')}\n\`\`\``);
  }
  if (problem !== undefined) lines.push(`It waits, with all answers, for the store: ${problem}`);
  return lines.join('\n\n');
}
