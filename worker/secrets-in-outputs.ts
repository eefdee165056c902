import { readFile, stat } from 'node:fs/promises';
import type { OutputArtifact } from '../core/artifact.js';
import { TrainyardError } from '@trainyard/errors';
import type { Redactor } from './redactor.js';

/** A longer file is data that nobody writes a key into; to read it once more would cost what storing it costs. */
const MOST_FILE = 16_000_000;

/**
 * Throws TY-NODE-SECRET when the value of a secret stands in what a node gave: artifacts are kept, shown and shared. It
 * names the output and its part, never the value.
 */
export async function refuseSecrets(
  node: string,
  outputs: Readonly<Record<string, OutputArtifact>>,
  redactor: Redactor,
): Promise<void> {
  if (redactor.isEmpty) return;
  for (const [port, { value, files = {} }] of Object.entries(outputs)) {
    if (value !== undefined) refuse(redactor.find(JSON.stringify(value)), { node, port, field: 'value' });
    for (const [file, content] of Object.entries(files)) {
      const where = { node, port, file: JSON.stringify(file) };
      refuse(redactor.find(file), where);
      if (typeof content === 'string' || content instanceof Uint8Array) refuse(redactor.find(content), where);
      else if ((await stat(content.path)).size <= MOST_FILE) refuse(redactor.find(await readFile(content.path)), where);
    }
  }
}

function refuse(
  secret: string | undefined,
  where: { node: string; port: string; field?: string; file?: string },
): void {
  if (secret === undefined) return;
  throw new TrainyardError('TY-NODE-SECRET', {
    what: `output "${where.port}" of ${where.node} holds the value of the secret "${secret}": it would be kept and shown`,
    where,
    remedy: `leave it out of the output; if it is no secret, take "${secret}" out of secrets in temporal.config.ts`,
  });
}
