import { readFileSync } from 'node:fs';
import type { Config } from '../core/config.js';

/** Where a secret is read from, as the configuration says. */
export type SecretSource = Config['secrets'][string];

/** What a secret holds now; undefined or empty where there is none. Throws where its file cannot be read. */
export function readSecretSource(source: SecretSource): string | undefined {
  return 'env' in source ? process.env[source.env] : readFileSync(source.file, 'utf8').trim();
}
