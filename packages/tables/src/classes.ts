import { UserError, type Place } from '@trainyard/errors';

/** Rows from which on a label with hardly two rows a value is taken for no class. */
const TELLING_ROWS = 20;

/** Throws a UserError when a label is a number or a name of its own in most rows: these are no classes. */
export function requireRepeating(
  { classes, rows }: { readonly classes: number; readonly rows: number },
  parts: { readonly where: Place; readonly actual?: string; readonly remedy: string },
): void {
  if (rows < TELLING_ROWS || classes <= rows / 2) return;
  throw new UserError(`the label has ${classes} different values in ${rows} rows: these are no classes`, {
    expected: 'a column whose values repeat',
    ...parts,
  });
}
