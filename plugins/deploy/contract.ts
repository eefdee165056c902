import { z } from 'zod';
import { json, model, node, optional, report, type Model, type Ref } from '../../core/index.js';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, 63 at most, a letter first')
  .describe('the model in the registry, and the endpoint that serves it');
const alias = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens')
  .default('champion')
  .describe('the alias to move; endpoints serve the champion');
const modelRef = z.custom<Ref<Model>>(
  (value) => typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'model',
);

/**
 * The version that an alias stands at now, to compare a new model with. Never found in the cache: only the registry
 * tells.
 */
export const current = node({
  name: 'deploy.current',
  version: '1',
  title: 'The version that serves now',
  params: z.object({ name, alias }),
  inputs: {},
  outputs: json(
    z.object({
      version: z.number().int().nullable().describe('null when nothing serves yet'),
      model: modelRef.nullable().describe('its model, to pass on to another node'),
      metrics: z.record(z.string(), z.number()).describe('as they were registered'),
    }),
  ),
  cache: false,
});

/**
 * Brings a model into service: opens it here, in a process that did not train it, and lets it answer its own sample;
 * registers it as a version; moves the alias, by compare-and-swap; announces it to the servers. Done once per lineage
 * of runs, whatever is killed in between.
 */
export const endpoint = node({
  name: 'deploy.endpoint',
  version: '1',
  title: 'Registers a model and brings it into service',
  params: z.object({
    name,
    alias,
    why: z.string().min(1).max(500).default('deployed by its pipeline').describe('kept in the history of the alias'),
    expected: z
      .number()
      .int()
      .positive()
      .nullable()
      .optional()
      .describe('version that the model was compared with, null for none: the alias moves only from there'),
  }),
  inputs: { model, evidence: optional(report(z.unknown())) },
  outputs: json(
    z.object({
      endpoint: z.string(),
      alias: z.string(),
      version: z.number().int(),
      from: z.number().int().nullable().describe('version that served before'),
      announced: z.boolean().describe('servers were told by Redis; otherwise they see it at their next look'),
      sampleRows: z.number().int().describe('sample answers that were compared'),
    }),
  ),
  effect: true,
  facts: { model: 'out.endpoint' },
  retry: { attempts: 5 },
  timeout: '10 minutes',
});
