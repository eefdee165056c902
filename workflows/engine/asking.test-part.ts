import type { Answer } from './approval-ledger.js';
import { Approvals } from './approvals.js';

/** Asks all of these at once, and gives the answers; for tests of approvals without a pipeline around them. */
export async function asks(names: readonly string[], deadlineMs?: number): Promise<Answer[]> {
  const approvals = new Approvals(() => undefined);
  const known = { scope: '', question: '', evidence: null, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  return Promise.all(names.map((name) => approvals.ask({ ...known, name })));
}
