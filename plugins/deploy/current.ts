import { getModelHead, versionIn } from '../kit/registry.js';
import { isTrainyardError } from '@trainyard/errors';
import { implement } from '../../worker/index.js';
import { current } from './contract.js';

/** Implements `deploy.current`. */
export const currentNode = implement(current, async ({ params, ctx }) => {
  const client = await ctx.client();
  const none = { value: { version: null, model: null, metrics: {} } };
  try {
    const head = await getModelHead(client, params.name);
    const there = Object.hasOwn(head.aliases, params.alias) ? head.aliases[params.alias] : undefined;
    if (!there) return none;
    const { version, model, metrics } = await versionIn(client.store, head, there.version);
    return { value: { version, model, metrics } };
  } catch (error) {
    if (isTrainyardError(error) && error.code === 'TY-MODEL-UNKNOWN') return none;
    throw error;
  }
});
