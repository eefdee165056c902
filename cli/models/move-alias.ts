import { connectNow } from '../../client/reader.js';
import { getModelHead, moveAlias, rollback } from '../../client/registry/models.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';
import { inTime, numberOf } from './print-models.js';

export interface MoveOptions {
  readonly alias: string;
  readonly why?: string;
  readonly by?: string;
  readonly expected?: string;
  readonly json?: boolean;
}

/** `trainyard models promote`, `rollback` and `remove-alias`. Throws TY-ALIAS-MOVED where somebody else was quicker. */
export async function moveByCommand(
  config: string | undefined,
  action: 'promote' | 'rollback' | 'remove',
  name: string,
  version: string | null,
  { alias, why, by = userName(), expected, json = false }: MoveOptions,
): Promise<void> {
  const to = numberOf('version', version ?? undefined) ?? null;
  const from = expected === undefined || expected === 'none' ? null : (numberOf('--expected', expected) ?? null);
  const client = await connectNow(await loadConfig(config));
  try {
    const moved = await inTime(client, async () => {
      // As it stands when the command is given, so that of two at once one is told.
      const { aliases } = await getModelHead(client, name);
      const seen = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
      if (action === 'promote' && seen?.version === to && expected === undefined)
        throw new TrainyardError('TY-MODEL-REQUEST', {
          what: `${name}: ${alias} stands at version ${to} already, since ${seen.since} by ${seen.by}: ${seen.why}`,
          where: { field: 'version' },
        });
      const said = { alias, by, why: why ?? SAID[action] };
      if (action === 'rollback') return rollback(client, name, { ...said, expected: seen?.version });
      return moveAlias(client, name, {
        ...said,
        to,
        expected: expected === undefined ? (seen?.version ?? null) : from,
      });
    });
    if (json) return printJson({ model: name, ...moved });
    print(`${name}: ${moved.alias} ${moved.from ?? 'none'} → ${moved.to ?? 'none'}, by ${by}`);
  } finally {
    await client.close();
  }
}

const SAID = { promote: 'promoted by hand', rollback: 'rolled back by hand', remove: 'removed by hand' } as const;
