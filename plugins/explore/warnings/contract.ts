import type { Warning } from '../contract.js';
import type { Measured } from '../profile.js';

/** What a warning says of a table: the columns that it is about, and a sentence for people that names them. */
export type Finding = Omit<Warning, 'kind'>;

/**
 * A kind of warning: what a person should look at before training on a table. It looks at the figures of a profile,
 * or of a comparison of two, alone, so that it costs nothing, and says why the finding matters. It is called once for each profile, in the node's
 * process; the same profile has to give the same findings. What is of little weight is not found: a warning that is
 * always there is read by nobody.
 */
export interface WarningKind<Seen = Measured> {
  /** Words in lower case with hyphens; a reader finds all findings of the kind by it. */
  readonly kind: string;
  /** The worst come first on the page: what makes a model's figures wrong, what costs accuracy, what is worth knowing. */
  readonly weight: 'wrong' | 'costly' | 'worth knowing';
  find(seen: Seen): readonly Finding[];
}

/** Declares a kind of warning. */
export function warningKind(kind: WarningKind): WarningKind {
  return kind;
}

const WEIGHTS: readonly WarningKind['weight'][] = ['wrong', 'costly', 'worth knowing'];

/** What kinds find, the worst first. */
export function foundBy<Seen>(kinds: readonly WarningKind<Seen>[], seen: Seen): Warning[] {
  return WEIGHTS.flatMap((weight) =>
    kinds
      .filter((one) => one.weight === weight)
      .flatMap(({ kind, find }) => find(seen).map(({ columns, said }) => ({ kind, columns: [...columns], said }))),
  );
}
