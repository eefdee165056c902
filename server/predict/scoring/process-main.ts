import { pathToFileURL } from 'node:url';
import { isTrainyardError, sayThrown } from '@trainyard/errors';
import { isPart } from '../../../core/part.js';
import { partsOf, provideParts, type PartsOnHand } from '../../../core/provided-parts.js';
import { openModel, type Predictor } from '../../../models/index.js';
import { builtInParts, partsOfProject } from '../../../project/brought-parts.js';
import { loadConfig } from '../../../project/project.js';
import { Artifacts, openStore } from '../../../store/index.js';
import { SCORING_VARIABLE, type FromScoring, type ScoringSetup, type ToScoring } from './messages.js';

/** The process that scores for a server: models whose rows take long, each opened once. It ends with its server. */
const setup = JSON.parse(process.env[SCORING_VARIABLE] ?? '{}') as ScoringSetup;
const artifacts = new Artifacts(openStore(setup.store));
const models = new Map<number, Promise<Predictor>>();
const parts = partsHere();
provideParts(() => parts);

process.on('disconnect', () => process.exit(0));
// The server decides when it ends: what is asked already is answered.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (message: ToScoring) => void answer(message));

async function answer(message: ToScoring): Promise<void> {
  const { id } = message;
  let said: FromScoring;
  try {
    said = { id, ...(await done(message)) };
  } catch (error) {
    said = isTrainyardError(error) ? { id, error: error.toRecord() } : { id, fault: sayThrown(error) };
  }
  process.send?.(said);
}

async function done(message: ToScoring): Promise<Omit<FromScoring, 'id'>> {
  const { name } = message;
  const known = models.get(name);
  if (message.type === 'open') {
    const opening = artifacts.open(message.model).then((opened) => openModel(opened));
    models.set(name, opening);
    await opening;
    return {};
  }
  if (known === undefined) throw new Error('this model is not open here');
  if (message.type === 'score') return { responded: await (await known).respond(message.rows) };
  models.delete(name);
  await (await known).dispose();
  return {};
}

function partsHere(): PartsOnHand {
  const packaged = builtInParts();
  const more = (setup.modules ?? []).map(async (file) => {
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    return partsOf(Object.values(module).filter(isPart));
  });
  if (setup.config !== undefined) more.push(loadConfig(setup.config).then((project) => partsOfProject(project)));
  const all = async (): Promise<PartsOnHand[]> => [packaged, ...(await Promise.all(more))];
  return {
    names: async (sort) => [...new Set((await Promise.all((await all()).map((one) => one.names(sort)))).flat())],
    find: async (sort, name) => {
      for (const one of await all()) {
        const found = await one.find(sort, name);
        if (found) return found;
      }
      return undefined;
    },
  };
}
