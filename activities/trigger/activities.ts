import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { isTrainyardError, sayThrown, TrainyardError, TransientError } from '@trainyard/errors';
import type { ProcessServices, ProjectServices } from '../../client/process.js';
import { digestText, isDigest, type Digest } from '../../core/digest.js';
import { canonical } from '../../core/json.js';
import { builtInParts } from '../../project/brought-parts.js';
import { secretIn } from '../../project/secret-source.js';
import { sourceOnHand, type SourceState } from '../sources/index.js';
import { putRecord, readRecord, RECORDS, type JsonObject, segmentOf } from '../../store/index.js';
import type { Change, TriggerActivities } from '../../workflows/trigger/contract.js';

/** The source kind that a path means. */
const OF_PATHS = 'file';

/** What triggers look at, as the kind of their source says, and what they must not forget. */
export function triggerActivities(services: Pick<ProcessServices, 'store' | 'project'>): TriggerActivities {
  const { store } = services;
  return {
    'trainyard.sourceState': async ({ source, of = { kind: OF_PATHS, options: { path: source } }, former }) => {
      const { parts, folder, secret, hide } = services.project ?? withoutProject();
      const { kind, options } = await sourceOnHand(of, parts);
      const scratch = await mkdtemp(path.join(tmpdir(), 'trainyard-source-'));
      const { cancellationSignal: signal } = Context.current();
      const beat = (): void => {
        Context.current().heartbeat();
        signal.throwIfAborted();
      };
      try {
        const state = await kind.state(options, {
          former: former && formerState(former),
          ctx: {
            signal,
            project: folder,
            scratch,
            secret,
            log: beat,
            progress: beat,
          },
        });
        return { digest: state && digestOf(state), stamp: stampOf(state) };
      } catch (error) {
        if (signal.aborted) throw error;
        // What a library says may hold a key, and is shown to people.
        throw isTrainyardError(error)
          ? hidden(error, hide)
          : new TransientError(`the source ${source} cannot be looked at: ${hide(sayThrown(error))}`);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
    'trainyard.changeSeen': async (source) =>
      (await readRecord(store, keyOf(source), RECORDS.change)) as unknown as Change | null,
    'trainyard.noteChange': (source, change) =>
      putRecord(store, keyOf(source), RECORDS.change, change as unknown as JsonObject),
  };
}

/** A version that is a digest stays what it is. */
function digestOf({ version }: SourceState): Digest {
  return isDigest(version) ? version : digestText(canonical(version));
}

/** What a state is remembered by: the hint alone where that is text and the version is known by its digest. */
function stampOf(state: SourceState | null): string {
  if (state === null) return '';
  const { version, hint } = state;
  return isDigest(version) && typeof hint === 'string' ? hint : canonical(state);
}

function formerState({ digest, stamp }: { readonly digest: Digest; readonly stamp: string }): SourceState {
  return stamp.startsWith('{') ? (JSON.parse(stamp) as SourceState) : { version: digest, hint: stamp };
}

function hidden(error: TrainyardError, hide: (text: string) => string): TrainyardError {
  const { code, what, where, expected, actual, remedy } = error;
  return new TrainyardError(code, {
    what: hide(what),
    where,
    expected: expected && hide(expected),
    actual: actual && hide(actual),
    remedy: remedy && hide(remedy),
  });
}

/** Where no worker has said what the project has, as in a test of the process. */
function withoutProject(): ProjectServices {
  return {
    folder: process.env['TRAINYARD_PROJECT'] ?? process.cwd(),
    parts: builtInParts(),
    secret: (name) => secretIn({}, name),
    webhooks: [],
    hide: (text) => text,
  };
}

/** By the trigger and its source: `triggers/<trigger>/<source>`. */
function keyOf(source: string): string {
  const { workflowId } = Context.current().info.workflowExecution ?? {};
  return `triggers/${segmentOf(workflowId ?? '')}/${digestText(source)}`;
}
