import { sayNearest } from '@trainyard/errors';
import { DidNotRun, type Check, type Checked, type RuleKind } from './rule-kind.js';
import { RULE_KINDS, type Rule } from './rules/index.js';

/** A rule as it stands to a table: what it asks, or why it does not run. */
export interface Compiled {
  readonly rule: string;
  readonly called: string;
  readonly columns: readonly string[];
  readonly tolerated: number;
  readonly asked: { readonly check: Check } | { readonly why: string; readonly excused: boolean };
}

export interface CompileOptions {
  /** Columns that may be absent: a rule about one that is does not run, and that is well. */
  readonly mayBeAbsent?: readonly string[];
  /** Kinds of rules that plugins bring, by name. */
  readonly kinds?: ReadonlyMap<string, RuleKind>;
}

/** Compiles the rules of a contract for a table, in their order. */
export function compileRules(rules: readonly Rule[], table: Checked, options: CompileOptions = {}): Compiled[] {
  return rules.map((rule) => compileRule(rule, table, options));
}

function compileRule(given: Rule, table: Checked, { mayBeAbsent = [], kinds = new Map() }: CompileOptions): Compiled {
  const name = given.rule === 'brought' ? given.kind : given.rule;
  const kind = given.rule === 'brought' ? (kinds as ReadonlyMap<string, RuleKind>).get(name) : RULE_KINDS.get(name);
  if (!kind) {
    const known = [...(kinds as ReadonlyMap<string, RuleKind>).keys()];
    const why = `no plugin brings the kind of rule "${name}"; ${sayNearest(name, known)}`;
    return { rule: name, called: name, columns: [], tolerated: 0, asked: { why, excused: false } };
  }
  const parsed = kind.schema.safeParse(given.rule === 'brought' ? { ...given.params, rule: name } : given);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    return { rule: name, called: name, columns: [], tolerated: 0, asked: { why, excused: false } };
  }
  const params = parsed.data as { called?: string; tolerated: number };
  const columns = kind.columns(parsed.data);
  const of = { rule: name, called: params.called ?? name, columns, tolerated: params.tolerated };
  const absent = columns.filter((column) => !table.columns.some((one) => one.name === column));
  if (absent.length > 0 && absent.every((column) => mayBeAbsent.includes(column)))
    return { ...of, asked: { why: `${sayNames(absent)} is absent, as the contract allows`, excused: true } };
  if (absent.length > 0 && kind.absent !== 'fails')
    return { ...of, asked: { why: `the table has no column ${sayNames(absent)}`, excused: false } };
  try {
    return { ...of, asked: { check: kind.compile(parsed.data, table) } };
  } catch (error) {
    if (error instanceof DidNotRun) return { ...of, asked: { why: error.message, excused: false } };
    throw error;
  }
}

const sayNames = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
