import { z } from 'zod';
import { editDistance } from '@trainyard/errors';
import { sql, Sql, type SqlFunction } from '@trainyard/tables/sql';
import { changed, changeText } from './changed.js';
import { rowRuleKind } from './contract.js';
import { notFor, textColumn } from './fitting.js';
import { lowered } from '../text.js';

/** Longer texts are no slip of the pen, and to compare them costs the product of their lengths. */
const LONGEST = 100;

/**
 * The known value that a text is a slip of: the one at the least distance, at most `distance`, where no other is as
 * near. Distance is optimal string alignment (Damerau 1964): insertions, deletions, substitutions and exchanges of
 * neighbours, each 1; case does not count.
 */
function nearestKnown(text: string, known: readonly string[], distance: number): string {
  if (text.length > LONGEST) return text;
  const plain = lowered(text);
  let [best, least, tied] = [text, distance + 1, false];
  for (const one of known) {
    if (one === text) return text;
    if (Math.abs(one.length - text.length) > distance) continue;
    const far = editDistance(plain, lowered(one));
    if (far < least) [best, least, tied] = [one, far, false];
    else if (far === least) tied = true;
  }
  return tied ? text : best;
}

const NEAREST: SqlFunction = {
  name: 'trainyard_nearest',
  takes: ['text', 'text', 'integer'],
  gives: 'text',
  run: (text: string | null, known: string, distance: number) =>
    text === null ? null : nearestKnown(text, listOf(known), distance),
};

let last: { readonly text: string; readonly list: readonly string[] } | undefined;
/** The list of a JSON text; the same one is asked for row after row. */
function listOf(text: string): readonly string[] {
  if (last?.text !== text) last = { text, list: JSON.parse(text) as string[] };
  return last.list;
}

export const spellingRule = rowRuleKind({
  schema: z
    .strictObject({
      rule: z.literal('spelling'),
      column: z.string(),
      known: z.array(z.string()).min(1).max(10_000),
      distance: z.int().min(1).max(5).default(1),
    })
    .describe(
      'text that is a slip of the pen away from one known value becomes that value; where two are as near it stays',
    ),
  table(rule, columns) {
    const column = textColumn('spelling', columns, rule.column);
    const twice = rule.known.find((one, i) => rule.known.indexOf(one) !== i);
    if (twice !== undefined) throw notFor('spelling', column.name, `known names ${JSON.stringify(twice)} twice`);
    const step = changed(
      [column],
      (cell) =>
        sql`(CASE WHEN list_contains(${rule.known}, ${cell}) THEN ${cell}
                  ELSE ${Sql.of(NEAREST.name)}(${cell}, ${JSON.stringify(rule.known)}, ${BigInt(rule.distance)}) END)`,
    );
    return { ...step, functions: [NEAREST], travels: rule };
  },
  row: (rule) => changeText([rule.column], (text) => nearestKnown(text, rule.known, rule.distance)),
});
