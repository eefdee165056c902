import { spellingWarnings } from '@trainyard/tables';
import type { Warning } from './contract.js';
import type { Association, ColumnProfile, Profile } from './profile.js';

/** From where on something is worth a warning. */
const LIMITS = { missing: 0.3, identifier: 0.95, skewness: 2, correlated: 0.95, leak: 0.98, imbalance: 10, rows: 50 };

const WORDS: Readonly<Record<Association['measure'], string>> = {
  pearson: 'correlation',
  'cramers-v': "Cramér's V",
  'correlation-ratio': 'correlation ratio',
};

/** What a person should look at before training on a table. Each names its columns, and says why it matters. */
export function warningsOf(profile: Omit<Profile, 'warnings'>): Warning[] {
  const { label, rows, duplicates, classes, associations, withLabel } = profile;
  const found: Warning[] = [];
  const warn = (kind: Warning['kind'], columns: string[], said: string): void =>
    void found.push({ kind, columns, said });
  for (const one of withLabel.filter(({ value }) => Math.abs(value) >= LIMITS.leak)) {
    const feature = one.columns[0] === label ? one.columns[1] : one.columns[0];
    warn(
      'leak',
      [feature],
      `${feature} all but says the label (${WORDS[one.measure]} ${one.value.toFixed(3)}): is it known when predicting?`,
    );
  }
  for (const column of profile.columns) columnWarnings(column, label, warn);
  const gaps = new Set(profile.columns.filter((one) => one.missing >= LIMITS.missing * rows).map(({ name }) => name));
  for (const one of associations.filter(({ value }) => Math.abs(value) >= LIMITS.correlated)) {
    const [a, b] = one.columns;
    // The few rows that both have say little about the others.
    if (gaps.has(a) || gaps.has(b)) continue;
    warn(
      'correlated',
      [a, b],
      `${a} and ${b} say nearly the same (${WORDS[one.measure]} ${one.value.toFixed(3)}): one of them may do`,
    );
  }
  const [most, least] = [classes[0], classes.at(-1)];
  if (label !== null && most && least && classes.length > 1 && most.rows > LIMITS.imbalance * least.rows) {
    warn(
      'imbalance',
      [label],
      `class ${most.name} has ${most.rows} rows, class ${least.name} ${least.rows}: accuracy would mislead, look at each class`,
    );
  }
  if (duplicates > 0) {
    warn(
      'duplicates',
      [],
      `${duplicates} ${duplicates === 1 ? 'row equals' : 'rows equal'} an earlier one in every column: they could stand in training and test at once`,
    );
  }
  if (rows < LIMITS.rows) warn('few-rows', [], `${rows} rows are few: figures on a part of them will be rough`);
  return found;
}

function columnWarnings(
  column: ColumnProfile,
  label: string | null,
  warn: (kind: Warning['kind'], columns: string[], said: string) => void,
): void {
  const { name, rows, missing, distinct } = column;
  const present = rows - missing;
  const share = missing / rows;
  const percent = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
  if (rows === 0) return;
  if (present === 0) return warn('all-missing', [name], `${name} has no value at all: drop it`);
  if (distinct === 1) return warn('constant', [name], `${name} has one value only, so it says nothing: drop it`);
  if (name === label && missing > 0) warn('missing', [name], `${missing} rows have no label (${name})`);
  else if (share >= LIMITS.missing) warn('missing', [name], `${name} is missing in ${percent} of the rows`);
  const coded = column.kind === 'categorical' || column.type === 'integer';
  if (name !== label && coded && present >= 20 && distinct >= LIMITS.identifier * present) {
    warn(
      'identifier',
      [name],
      `${name} looks like an identifier (${distinct} values in ${present} rows): a model would learn it by heart`,
    );
  }
  if (column.kind === 'categorical')
    for (const said of spellingWarnings(name, column.spellings)) warn('spellings', [name], said);
  if (column.kind === 'numeric' && distinct > 2 && Math.abs(column.skewness) >= LIMITS.skewness) {
    warn('skewed', [name], `${name} is skewed (${column.skewness.toFixed(1)}): a few values are far from the others`);
  }
}
