import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isTrainyardError } from '@trainyard/errors';
import type { TemporalService } from '../../setup/index.js';
import { Probe, startServer, type Outcome } from './harness.js';

/** For each mistake of the fixture the node and the port or parameter that it must be refused at. */
const REFUSED: Readonly<Record<string, string>> = {
  'a parameter of another type': 'wired.csv source',
  'a missing parameter': 'wired.csv source',
  'a parameter that does not exist': 'wired.csv sources',
  'a sealed table to a trainer': 'wired.forest train',
  'a sealed table to an optional port': 'wired.forest validation',
  'a model where a table belongs': 'wired.forest train',
  'all outputs where one belongs': 'wired.forest train',
  'a missing input': 'wired.forest train',
  'an unknown input': 'wired.forest test',
  'a wrong parameter beside right inputs': 'wired.forest trees',
  'an unsealed table where the sealed one belongs': 'wired.final test',
  'inputs swapped': 'wired.final model',
  'one table where a list belongs': 'wired.concat tables',
  'a model in a list of tables': 'wired.concat tables[1]',
  'a list where one table belongs': 'wired.split table',
  'a JSON value of another shape': 'wired.scale by',
  'a text where an artifact belongs': 'wired.split table',
  'an output that the node does not have': 'wired.forest train',
  'an artifact where a parameter belongs': 'wired.csv source',
  'nothing where an artifact belongs': 'wired.split table',
  'an option that does not exist': 'wired.csv retries',
};

let server: TemporalService;
let probe: Probe;
const outcomes = new Map<string, Promise<Outcome>>();
const idOf = (mistake: string): string => mistake.replaceAll(' ', '-');
beforeAll(async () => {
  server = await startServer();
  probe = await Probe.start(server, { fixture: 'wired' });
  for (const mistake of Object.keys(REFUSED))
    outcomes.set(mistake, probe.run('miswired', { mistake }, { id: idOf(mistake) }));
}, 300_000);
afterAll(async () => {
  await Promise.allSettled(outcomes.values());
  await probe?.close();
  await server?.stop();
});

it.each(Object.entries(REFUSED))('%s is refused before any Activity, at %s', async (mistake, at) => {
  const outcome = await outcomes.get(mistake);
  const error = outcome?.state === 'failed' ? outcome.error : undefined;
  if (!isTrainyardError(error)) throw new Error('it was not refused', { cause: error });
  expect(error.code).toMatch(/^TY-(WIRE|PARAM)/);
  expect(`${error.where.node} ${error.where.port ?? error.where.field}`).toBe(at);
  const events = (await probe.history(idOf(mistake))).flat();
  expect(events.filter(({ activity }) => activity !== undefined)).toEqual([]);
});

it('the editor refuses at least twenty', () => {
  const source = readFileSync(fileURLToPath(new URL('../types/wiring.ts', import.meta.url)), 'utf8');
  expect(source.match(/@ts-expect-error/g)?.length).toBeGreaterThanOrEqual(20);
});
