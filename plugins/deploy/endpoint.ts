import { announceAlias, getModelHead, moveAlias, RECORD_CHARACTERS, registerVersion } from '../kit/registry.js';
import { implement, type InputArtifact } from '../../worker/index.js';
import { canonical, type Json } from '../../core/index.js';
import { MODEL_FILES, openModel, readSample, taskType, type ModelCard } from '../../models/index.js';
import { endpoint } from './contract.js';

/** Implements `deploy.endpoint`. Each step can be done again: a repeated one finds what was done before. */
export const endpointNode = implement(endpoint, async ({ params, inputs, ctx }) => {
  const { name, alias, why } = params;
  ctx.progress(0, 'opening the model and comparing its sample');
  const { card, sampleRows } = await tryModel(inputs.model);

  ctx.progress(0.4, 'registering the version');
  const { temporal, taskQueue, redis } = await ctx.client();
  const access = { temporal, taskQueue, ...(redis ? { redis } : {}) };
  const by = `pipeline ${ctx.run.pipeline}`;
  const evidence = recordOf({
    ...(inputs.evidence ? { report: inputs.evidence.ref.digest, figures: asJson(inputs.evidence.value) } : {}),
    cause: ctx.run.cause,
  });
  const { version } = await registerVersion(access, name, {
    model: inputs.model.ref,
    run: ctx.run.id,
    lineage: ctx.run.lineage,
    pipeline: ctx.run.pipeline,
    metrics: numbersOf(card.metrics),
    signature: signatureOf(card),
    evidence,
    by,
    why,
  });

  ctx.progress(0.7, `moving ${alias} to version ${version}`);
  const expected =
    params.expected === undefined
      ? ((await getModelHead(access, name)).aliases[alias]?.version ?? null)
      : params.expected;
  const once = `deploy ${ctx.run.lineage} ${alias} ${version}`;
  const { from, move } = await moveAlias({ temporal, taskQueue }, name, {
    alias,
    to: version,
    expected,
    by,
    why,
    once,
  });
  const announced = await announceAlias(access, { model: name, alias, version, move });
  ctx.log(`version ${version} of ${name} is the ${alias}${from === null ? '' : `, after version ${from}`}`);
  return { value: { endpoint: name, alias, version, from, announced, sampleRows } };
});

/**
 * Opens a model as it will be served, which lets it answer its sample. Rows of a sample have gone through all rules of cleaning, so
 * they are no requests.
 */
async function tryModel(model: InputArtifact): Promise<{ card: ModelCard; sampleRows: number }> {
  const predictor = await openModel(model);
  try {
    const { rows } = readSample(await model.text(MODEL_FILES.sample));
    return { card: predictor.card, sampleRows: rows.length };
  } finally {
    await predictor.dispose();
  }
}

const asJson = (value: unknown): Json => (value ?? null) as Json;

/** The record itself when the registry can hold it, else a word that it could not. */
function recordOf(record: Json, orElse: Json = { left: 'too large for the registry: see the run' }): Json {
  return canonical(record).length <= RECORD_CHARACTERS ? record : orElse;
}

function signatureOf({ inputs, task }: ModelCard): Json {
  const plain = inputs.map((input) => ({ name: input.name, type: input.type }));
  const { type, ...rest } = task;
  const whole = { task: type, ...rest, inputs: plain } as Json;
  const label = 'label' in task && task.label !== undefined ? { label: task.label } : {};
  return recordOf(whole, { task: type, ...label, outputs: taskType(task).names(task).length, inputs: inputs.length });
}

/** All numbers of nested figures, under their path, as far as the registry can hold them. */
function numbersOf(figures: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers: Record<string, number> = {};
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'number' && Number.isFinite(value)) numbers[path] = value;
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
  };
  visit(figures, '');
  return recordOf(numbers, {}) as Record<string, number>;
}
