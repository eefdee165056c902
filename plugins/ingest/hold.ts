import {
  approvalAnswer,
  defer,
  table,
  UserError,
  valueOf,
  type Handle,
  type Report,
  type Table,
} from '../../core/index.js';
import { sayLimit, sayLine } from '@trainyard/tables/bad';
import type { SiftFigures } from './contract.js';

/** What `ingest.sift` gives. */
export interface SiftedHandles {
  readonly table: Handle<Table>;
  readonly quarantine: Handle<Table>;
  readonly report: Handle<Report<SiftFigures>>;
}

/**
 * The table of a reading once its quarantine is within the limit, or a person has released what is over it: waits for him
 * through an approval, for weeks if need be. Throws a UserError with his reason where he rejects it.
 */
export function released({ table: kept, quarantine, report }: SiftedHandles, source: string): Handle<Table> {
  return defer(table, 'quarantine', async () => {
    const { read, dropped, limit, overLimit, unit, first } = await valueOf(report);
    if (overLimit) {
      const { digest } = await quarantine;
      const examples = first.map((line) => sayLine(line, unit));
      const { approved, by, why } = await approvalAnswer({
        name: `quarantine of ${source}`,
        question: `${dropped} of ${read} rows of ${source} cannot be read as its schema says (allowed: ${sayLimit({ limit })}). Go on without them?`,
        evidence: { source, read, dropped, limit, quarantine: digest, examples },
      });
      if (!approved)
        throw new UserError(`${by} rejected ${source}: ${why === '' ? 'no reason was given' : why}`, {
          where: { file: source, row: first[0]?.place, column: first[0]?.column ?? undefined },
          expected: sayLimit({ limit }),
          actual: `${dropped} of ${read} rows are in quarantine: ${examples.join('; ')}`,
          remedy: 'correct the rows or the schema, or raise bad.limit, then run again',
        });
    }
    return kept;
  });
}
