import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { taskType } from '../../models/index.js';
import type { Cell, LoggedRequest } from '../../core/prediction-streams.js';
import { projectOfQueue } from '../../core/queues.js';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';
import type { Answer, Endpoint } from './endpoint.js';
import { Endpoints } from './endpoints.js';
import { describeModel, inferBody, inferenceAnswer, rowsOfInference } from './inference-protocol.js';
import { Nudge } from './notify-monitor.js';
import { outcomesBody, outcomesOf, writeOutcomes } from './outcomes.js';
import { PredictionLog, type PredictionLogOptions } from './prediction-log.js';
import { predictBody, requestIdOf, rowsOf, type Row } from './request.js';

export interface PredictOptions {
  /** Folder for what must outlive the server: the last known assignments. */
  readonly stateFolder: string;
  /** The alias that endpoints follow. Default `champion`. */
  readonly alias?: string;
  /** How often the registry is looked at when nothing is announced, in milliseconds. Default 5,000. */
  readonly pollMs?: number;
  /** Monitors are told after this many logged rows. Default 50. */
  readonly nudgeRows?: number;
  readonly log?: PredictionLogOptions;
}

type Named = { Params: { name: string } };
/** Bytes of a request with rows. */
const bodyLimit = 4 * 1024 * 1024;
const ASKED = { access: 'predict', limit: 'predictions' } as const;
/** Whoever looks after the server asks whether it lives. */
const OPEN = { access: 'open' } as const;

/**
 * Predictions over HTTP: plain JSON by column names (`/v1/endpoints/:name/predict`), the Open Inference Protocol v2
 * (`/v2/models/:name/infer`), and outcomes that become known later (`/v1/endpoints/:name/outcomes`).
 */
export function predictRoutes(options: PredictOptions): RouteModule {
  return async (app, { services }) => {
    const { store, client, redis } = services;
    const project = projectOfQueue(client.taskQueue);
    const nudge = new Nudge(client, options.nudgeRows ?? 50);
    const onWritten = (endpoint: string, rows: number): void => nudge.count(endpoint, rows);
    const log = redis ? new PredictionLog(redis, project, { ...options.log, onWritten }) : undefined;
    const endpoints = new Endpoints({
      access: client,
      store,
      redis,
      folder: join(options.stateFolder, 'endpoints'),
      alias: options.alias ?? 'champion',
      pollMs: options.pollMs ?? 5000,
      log: app.log,
    });
    app.addHook('onReady', () => endpoints.start());
    app.addHook('onClose', async () => {
      nudge.close();
      await Promise.all([endpoints.close(), log?.close()]);
    });

    const answer = async (endpoint: Endpoint, id: string, rows: readonly Row[]): Promise<Answer> => {
      const given = await endpoint.predict(rows);
      log?.add(endpoint.name, logged(id, given, rows));
      return given;
    };

    app.post<Named>(
      '/v1/endpoints/:name/predict',
      { bodyLimit, ...says('Predicts rows by column names', { body: predictBody }, ASKED) },
      async (request) => {
        const endpoint = await endpoints.get(request.params.name);
        const rows = rowsOf(request.body);
        const requestId = idOf(request);
        const { version, predictions, unknown, short } = await answer(endpoint, requestId, rows);
        const notes = { ...(unknown.length > 0 && { unknown }), ...(short.length > 0 && { short }) };
        return { model: endpoint.name, version, requestId, predictions, ...notes };
      },
    );

    app.post<Named>(
      '/v1/endpoints/:name/outcomes',
      { bodyLimit, ...says('Takes what turned out to be true of rows', { body: outcomesBody }) },
      async (request) => {
        const endpoint = await endpoints.get(request.params.name);
        const outcomes = outcomesOf(request.body, endpoint.predictor.card.task);
        const recorded = await writeOutcomes(redis, { project, endpoint: endpoint.name }, outcomes);
        nudge.count(endpoint.name, recorded);
        return { endpoint: endpoint.name, received: outcomes.length, recorded };
      },
    );

    app.get('/v1/endpoints', says('All endpoints'), async () => ({
      endpoints: await Promise.all(endpoints.names().map(async (name) => describe(await endpoints.get(name), log))),
    }));

    app.get<Named>('/v1/endpoints/:name', says('One endpoint, with the columns that it takes'), async (request) => {
      const endpoint = await endpoints.get(request.params.name);
      const { card } = endpoint.predictor;
      const { task } = card;
      const known = 'label' in task ? { label: task.label } : {};
      const classes = 'classes' in task ? { classes: task.classes } : {};
      return { ...describe(endpoint, log), kind: card.kind, task, inputs: card.inputs, ...classes, ...known };
    });

    app.post<Named>(
      '/v2/models/:name/infer',
      { bodyLimit, ...says('Predicts tensors: Open Inference Protocol 2', { body: inferBody }, ASKED) },
      async (request) => {
        const endpoint = await endpoints.get(request.params.name);
        const { id = idOf(request), rows } = rowsOfInference(request.body);
        const given = await answer(endpoint, id, rows);
        return inferenceAnswer(endpoint.name, id, given.task, given);
      },
    );

    app.get<Named>('/v2/models/:name', says('Metadata of a model'), async (request) => {
      const endpoint = await endpoints.get(request.params.name);
      const { card } = endpoint.predictor;
      return describeModel(endpoint.name, endpoint.assignment?.version ?? 0, card);
    });

    app.get<Named>('/v2/models/:name/ready', says('Whether a model answers'), async (request) => {
      const endpoint = await endpoints.get(request.params.name);
      return { name: endpoint.name, ready: endpoint.predictor.outputs.length > 0 };
    });

    app.get('/v2', says('Metadata of the server'), async () => ({ name: 'trainyard', extensions: [] }));
    app.get('/v2/health/live', says('Whether the server lives', {}, OPEN), async () => ({ live: true }));
    app.get(
      '/v2/health/ready',
      says('Whether all endpoints have a model in service', {}, OPEN),
      async (_request, reply) => {
        const all = await Promise.all(endpoints.names().map((name) => endpoints.get(name)));
        const ready = all.every((endpoint) => endpoint.assignment !== undefined);
        return reply.code(ready ? 200 : 503).send({ ready });
      },
    );
  };
}

/** The request's id: the caller's own, so that outcomes can name it, or a new one. */
function idOf(request: FastifyRequest): string {
  return requestIdOf(request.headers['x-request-id']) ?? randomUUID();
}

function describe(endpoint: Endpoint, log: PredictionLog | undefined): object {
  const { assignment, problem, name } = endpoint;
  return {
    name,
    ready: assignment !== undefined,
    version: assignment?.version ?? null,
    model: assignment?.model.digest ?? null,
    problem: problem ?? null,
    log: log?.figures(name) ?? null,
  };
}

function logged(id: string, { version, predictions, task }: Answer, rows: readonly Row[]): LoggedRequest {
  const kept = predictions.map((answer) => taskType(task).logged(answer));
  const isOfClasses = kept.every(({ label }) => label !== undefined);
  return {
    id,
    at: Date.now(),
    version,
    rows: rows as readonly Readonly<Record<string, Cell>>[],
    labels: isOfClasses ? kept.map(({ label = '' }) => label) : [],
    probabilities: isOfClasses ? kept.map(({ probability = 0 }) => probability) : [],
    ...(isOfClasses ? {} : { answers: kept.map(({ whole = null }) => whole) }),
  };
}
