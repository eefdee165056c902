import { listRunListings } from '../../client/run/run-list.js';
import { readRunView, type ProjectReader, type RunView } from '../../client/run/run-view.js';
import { isTrainyardError, sayNearest, TrainyardError } from '@trainyard/errors';

/** Ids among which the nearest is looked for. */
const MOST_IDS = 500;

/** A run by its id, or the youngest. Throws TY-RUN-UNKNOWN naming the nearest. */
export async function findRun(reader: ProjectReader, id: string | undefined): Promise<RunView> {
  const chosen = id ?? (await listRunListings(reader, { limit: 1 })).runs[0]?.id;
  if (chosen === undefined) throw new TrainyardError('TY-RUN-UNKNOWN', { what: 'there are no runs yet' });
  try {
    return await readRunView(reader, chosen);
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-RUN-UNKNOWN') throw await unknownRun(reader, chosen);
    throw error;
  }
}

/** The error for a run that is not there. */
export async function unknownRun(reader: ProjectReader, id: string): Promise<TrainyardError> {
  const { runs } = await listRunListings(reader, { limit: MOST_IDS, parts: true });
  return new TrainyardError('TY-RUN-UNKNOWN', {
    what: `there is no run "${id}"; ${sayNearest(
      id,
      runs.map((run) => run.id),
    )}`,
  });
}
