import type { TruthCell } from './task-figures.js';

export function finiteNumber(cell: TruthCell): number | undefined {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined;
}

/** What a cell that is there says as text. */
export function presentText(cell: TruthCell): string | undefined {
  return cell === null || cell === undefined || cell === '' ? undefined : String(cell);
}

/** The list that a cell holds as JSON text. */
export function jsonList(cell: TruthCell): readonly unknown[] | undefined {
  if (typeof cell !== 'string') return undefined;
  try {
    const list: unknown = JSON.parse(cell);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
