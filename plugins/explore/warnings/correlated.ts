import { warningKind } from './contract.js';
import { MEASURES } from '../words.js';

const LEAST = 0.95;
/** Share of gaps from which on the rows that both have say little about the others. */
const GAPS = 0.3;

export const correlated = warningKind({
  kind: 'correlated',
  weight: 'worth knowing',
  find({ rows, columns, associations }) {
    const gaps = new Set(columns.filter(({ missing }) => missing >= GAPS * rows).map(({ name }) => name));
    const said = new Set<string>();
    return associations.flatMap(({ columns: [a, b], measure, value }) => {
      const pair = JSON.stringify([a, b]);
      if (measure === 'mutual-information' || Math.abs(value) < LEAST) return [];
      if (gaps.has(a) || gaps.has(b) || said.has(pair)) return [];
      said.add(pair);
      const how = `${MEASURES[measure]} ${value.toFixed(3)}`;
      return [{ columns: [a, b], said: `${a} and ${b} say nearly the same (${how}): one of them may do` }];
    });
  },
});
