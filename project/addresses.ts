import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceWhole } from './write-whole.js';

const schema = z.object({
  temporal: z.string(),
  ui: z.string().optional(),
  redis: z.string().optional(),
  server: z.string().optional(),
  pid: z.number(),
});

/** Where the parts listen that `trainyard dev` started for this project. */
export type Addresses = z.output<typeof schema>;

/** Addresses of the last `trainyard dev` of this project, if there was one; it may have ended since. */
export function readAddresses(state: string): Addresses | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path.join(state, 'services.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeAddresses(state: string, addresses: Addresses): Promise<void> {
  return replaceWhole(path.join(state, 'services.json'), `${JSON.stringify(addresses, null, 2)}\n`, 0o600);
}
