import type { TargetByFeature, TargetPart } from '../profile.js';
import type { Label } from './associations.js';
import type { Coded } from './codes.js';
import type { Contingency } from './contingency.js';
import type { Numeric } from './correlations.js';
import { boxesBy, quartilesBy } from './groups.js';
import type { Relation } from './relation.js';

/** The most features that the label is shown by, and the most classes that are told apart there. */
const SHOWN = { features: 60, classes: 12 };

/** The label by the values of features: rows of each class, or quartiles of a number. Features in the order given. */
export async function targetBy(
  relation: Relation,
  label: Label,
  features: readonly {
    readonly feature: Coded;
    readonly table: Contingency | undefined;
    readonly number: Numeric | undefined;
  }[],
  bounds: string[],
): Promise<TargetByFeature[]> {
  const shown = features.slice(0, SHOWN.features);
  if (features.length > shown.length)
    bounds.push(`the label is shown by the ${shown.length} features, of ${features.length}, that say most of it`);
  const { code, number } = label;
  if (label.classes && code) {
    const classes = Math.min(code.names.length, SHOWN.classes);
    const numbers = shown.flatMap(({ number: one }) => (one ? [one] : []));
    const boxes = await boxesBy(relation, numbers, code);
    return shown.map(({ feature, table, number: one }) => {
      const own = one ? boxes[numbers.indexOf(one)]!.filter(({ code: at }) => at < classes) : [];
      const named = own.map(({ code: at, ...box }) => ({ name: code.names[at]!, ...box }));
      return {
        column: feature.column.name,
        parts: table ? partsOf(feature, table, code.names.length, classes) : [],
        ...(one ? { boxes: named } : {}),
      };
    });
  }
  if (!number) return [];
  const groups = await quartilesBy(
    relation,
    shown.map(({ feature }) => [number, feature]),
  );
  return shown.map(({ feature }, i) => ({
    column: feature.column.name,
    parts: groups[i]!.map(({ code: at, rows, quartiles }): TargetPart => ({
      name: feature.names[at]!,
      rows,
      quartiles,
    })),
  }));
}

/** Rows of each class for each value of a feature; classes beyond those shown count as one more. */
function partsOf(feature: Coded, { cells, ofB }: Contingency, all: number, shown: number): TargetPart[] {
  return [...ofB]
    .sort(([a], [b]) => a - b)
    .map(([part, rows]) => {
      const classes = Array.from({ length: all > shown ? shown + 1 : shown }, () => 0);
      for (const cell of cells) if (cell.b === part) classes[Math.min(cell.a, classes.length - 1)]! += cell.rows;
      return { name: feature.names[part]!, rows, classes };
    });
}
