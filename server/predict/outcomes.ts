import { z } from 'zod';
import type { Redis } from 'ioredis';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import { taskType, type ModelTask } from '../../models/index.js';
import { outcomeKey, outcomeStream } from '../../core/ids.js';
import type { Outcome } from '../../core/prediction-streams.js';
import { MOST_ROWS, refuseRequest, requestIdOf } from './request.js';

/** How long an outcome can be joined to its prediction. */
const KEEP_SECONDS = 90 * 86_400;
/** Outcomes that the stream keeps, about. */
const KEEP = 1_000_000;

/**
 * Sets the newest outcome of each row and adds those that say something new to the stream; gives their number. The
 * stream comes first: Redis takes nothing back of a script that fails, and what is sent again must count then.
 */
const WRITE = `local new = 0
for i = 2, #KEYS do
  local label = ARGV[i * 2 - 1]
  local before = redis.call('GET', KEYS[i])
  if before ~= label then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'o', ARGV[i * 2])
    new = new + 1
  end
  redis.call('SET', KEYS[i], label, 'EX', ARGV[1])
end
return new`;

const outcome = z.object({
  requestId: z.string().min(1).max(128),
  row: z.int().min(0).optional().describe('its place in the request; 0 where nothing is said'),
  label: z
    .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])
    .describe('as the task of the model predicts it: a class, a number, a list of classes or numbers'),
});

/** What a request is, for the interface's description: `outcomesOf` says more of what is wrong. */
export const outcomesBody = z.union([z.object({ outcomes: z.array(outcome).min(1).max(MOST_ROWS) }), outcome]);

/**
 * The outcomes in a request: `{outcomes: [{requestId, row, label}]}`, or one by itself. Throws TY-PREDICT-INPUT, with
 * the number of the outcome as the row. What a label must be says the model's task.
 */
export function outcomesOf(body: unknown, task: ModelTask): Outcome[] {
  const type = taskType(task);
  const expected = '{"outcomes": [{"requestId", "row": 0, "label"}]}';
  const { outcomes } = (body ?? {}) as { outcomes?: unknown };
  const list: unknown = outcomes === undefined ? [body] : outcomes;
  if (!Array.isArray(list) || list.length === 0) refuseRequest('the body has no outcomes', 'outcomes', expected);
  if (list.length > MOST_ROWS)
    refuseRequest(`the request has ${list.length} outcomes`, 'outcomes', `at most ${MOST_ROWS}`);
  return list.map((given: unknown, at) => {
    const { requestId, row = 0, label } = (given ?? {}) as Partial<Record<keyof Outcome, unknown>>;
    const id = requestIdOf(requestId) ?? refuseRequest(`outcome ${at} has no requestId`, 'requestId', expected);
    if (!Number.isInteger(row) || (row as number) < 0)
      refuseRequest(`outcome ${at} has no row of its request`, 'row', 'its place in the request, from 0');
    const known = type.outcome(label, task);
    if (known !== undefined) return { requestId: id, row: row as number, label: known };
    const near = 'classes' in task ? ` that the model knows; ${sayNearest(String(label), task.classes)}` : '';
    throw new TrainyardError('TY-PREDICT-INPUT', {
      what: `the label of outcome ${at} is none${near}`,
      where: { row: at, field: 'label' },
      expected: type.outcomeIs(task),
      actual: JSON.stringify(label),
    });
  });
}

/**
 * Writes outcomes and gives how many said something new: sent again they change nothing, corrected ones count.
 * Throws TY-REDIS-AWAY.
 */
export async function writeOutcomes(
  redis: Redis | undefined,
  { project, endpoint }: { readonly project: string; readonly endpoint: string },
  outcomes: readonly Outcome[],
): Promise<number> {
  if (!redis) {
    throw new TrainyardError('TY-REDIS-AWAY', { what: 'outcomes are kept in Redis, and this server has none' });
  }
  const of = outcomes.map(({ requestId, row }) => outcomeKey(project, endpoint, requestId, row));
  const keys = [outcomeStream(project, endpoint), ...of];
  const values = outcomes.flatMap((outcome) => [outcome.label, JSON.stringify(outcome)]);
  try {
    return (await redis.eval(WRITE, keys.length, ...keys, String(KEEP_SECONDS), String(KEEP), ...values)) as number;
  } catch (cause) {
    throw new TrainyardError('TY-REDIS-AWAY', { what: 'the outcomes could not be written to Redis', cause });
  }
}
