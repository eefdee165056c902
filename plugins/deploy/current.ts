import { getModel } from '../../client/models.js';
import { isTrainyardError } from '../../core/errors/index.js';
import { implement } from '../../worker/implement.js';
import { current } from './contract.js';

/** Implements `deploy.current`. */
export const currentNode = implement(current, async ({ params, ctx }) => {
  const client = await ctx.client();
  const none = { value: { version: null, model: null, metrics: {} } };
  try {
    const { aliases, versions } = await getModel(client, params.name);
    const version = aliases[params.alias]?.version;
    const found = versions.find((candidate) => candidate.version === version);
    return found ? { value: { version: found.version, model: found.model, metrics: found.metrics } } : none;
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-MODEL-UNKNOWN') return none;
    throw error;
  }
});
