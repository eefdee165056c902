import { readFileSync } from 'node:fs';
import { TrainyardError } from '@trainyard/errors';
import type { Config } from '../core/config.js';

/** Where a secret is read from, as the configuration says. */
export type SecretSource = Config['secrets'][string];

/** What a secret holds now; undefined or empty where there is none. Throws where its file cannot be read. */
export function readSecretSource(source: SecretSource): string | undefined {
  return 'env' in source ? process.env[source.env] : readFileSync(source.file, 'utf8').trim();
}

/** The value of a secret that a configuration names. Throws TY-CONFIG where it names none of this name, or holds nothing. */
export function secretIn(sources: Readonly<Record<string, SecretSource>>, name: string): string {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (!source)
    throw new TrainyardError('TY-CONFIG', {
      what: `secret "${name}" is not in temporal.config.ts`,
      expected: `one of: ${Object.keys(sources).join(', ') || 'none'}`,
    });
  const value = readSecretSource(source);
  if (!value)
    throw new TrainyardError('TY-CONFIG', { what: `secret "${name}" is empty`, where: { field: `secrets.${name}` } });
  return value;
}
