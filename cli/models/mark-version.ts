import { connectNow } from '../../client/reader.js';
import { annotateVersion, type AnnotateRequest } from '../../client/registry/models.js';
import { TrainyardError } from '@trainyard/errors';
import { loadConfig } from '../../project/project.js';
import { print, printJson } from '../terminal.js';
import { userName } from '../user-name.js';
import { inTime, numberOf } from './print-models.js';

interface MarkOptions {
  readonly why?: string;
  readonly by?: string;
  readonly json?: boolean;
}

export interface TagOptions extends MarkOptions {
  readonly remove: readonly string[];
}

export interface DeprecateOptions extends MarkOptions {
  readonly undo?: boolean;
}

export interface DeleteOptions extends MarkOptions {
  readonly yes?: boolean;
}

/** `trainyard models tag`. */
export async function tagVersion(
  config: string | undefined,
  name: string,
  version: string,
  given: readonly string[],
  { remove, why = 'tagged by hand', ...options }: TagOptions,
): Promise<void> {
  const tags: [string, string | null][] = given.map((tag) => {
    const at = tag.indexOf('=');
    if (at > 0) return [tag.slice(0, at), tag.slice(at + 1)];
    throw new TrainyardError('TY-USAGE', {
      what: `${JSON.stringify(tag)} says no value`,
      where: { field: 'tags' },
      expected: 'NAME=TEXT for each tag',
    });
  });
  for (const tag of remove) tags.push([tag, null]);
  await mark(config, name, version, { tags: Object.fromEntries(tags), why }, options);
}

/** `trainyard models deprecate`. */
export async function deprecateVersion(
  config: string | undefined,
  name: string,
  version: string,
  { undo = false, why, ...options }: DeprecateOptions,
): Promise<void> {
  if (!undo && why === undefined)
    throw new TrainyardError('TY-USAGE', {
      what: 'nothing says why the version should not be used',
      where: { field: '--why' },
      expected: 'a reason, for people who meet the version',
    });
  const said = undo ? { deprecated: null, why: why ?? 'fit for use again' } : { deprecated: why!, why: why! };
  await mark(config, name, version, said, options);
}

async function mark(
  config: string | undefined,
  name: string,
  version: string,
  said: Omit<AnnotateRequest, 'version' | 'by'>,
  { by = userName(), json = false }: MarkOptions,
): Promise<void> {
  const number = numberOf('version', version)!;
  const client = await connectNow(await loadConfig(config));
  try {
    const answer = await inTime(client, () => annotateVersion(client, name, { ...said, version: number, by }));
    if (json) return printJson({ model: name, ...answer });
    print(`${name} version ${number}: written down as line ${answer.line} of its history`);
  } finally {
    await client.close();
  }
}
