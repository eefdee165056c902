import { join } from 'node:path';
import { projectOfQueue } from '../../core/queues.js';
import { says } from '../openapi.js';
import type { RouteModule } from '../services.js';
import { ASKED, BODY_LIMIT, idOf, logLine, onward, sendJson, whenKnown, type Named } from './asked.js';
import type { Endpoint } from './endpoint.js';
import { shadowStream } from '../../core/ids.js';
import { ArmCounts } from './arm-counts.js';
import { Endpoints } from './endpoints.js';
import { inferenceRoutes } from './inference/routes.js';
import { Nudge } from './notify-monitor.js';
import { outcomesBody, outcomesOf, writeOutcomes } from './outcomes.js';
import { PredictionLog, type PredictionLogOptions } from './prediction-log.js';
import { ScoringProcess } from './scoring/process.js';
import type { ScoringSetup } from './scoring/messages.js';
import { predictBody, rowsOf, rowsText } from './request.js';

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
  /** How what takes long is scored, as `server.scoring` of the configuration. */
  readonly scoring?: ScoringOptions;
}

export interface ScoringOptions {
  /** Rows that wait for one version at most. Default 20,000. */
  readonly waitingRows?: number;
  /** A request that is not answered by then is dropped, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** What the process that scores slow models opens them with, beside the store; `false` scores all here. */
  readonly apart?: Omit<ScoringSetup, 'store'> | false;
}

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
    const { waitingRows = 20_000, timeoutMs = 30_000, apart = {} } = options.scoring ?? {};
    const scoringProcess = apart === false ? undefined : new ScoringProcess({ ...apart, store: store.name });
    const shadows = redis ? new PredictionLog(redis, project, { ...options.log, stream: shadowStream }) : undefined;
    const counts = new ArmCounts(redis, project);
    const endpoints = new Endpoints({
      access: client,
      store,
      redis,
      folder: join(options.stateFolder, 'endpoints'),
      alias: options.alias ?? 'champion',
      pollMs: options.pollMs ?? 5000,
      log: app.log,
      scoring: { waitingRows, timeoutMs, process: scoringProcess },
      watch: {
        count: (...counted) => counts.add(...counted),
        dropped: (...of) => counts.dropped(...of),
        shadowed: (name, { id, rows }, answer) => {
          const { logged } = answer.predictor.write(answer.responded);
          shadows?.addText(name, rows.length, logLine(id, answer, JSON.stringify(rows), logged));
        },
      },
    });
    app.addHook('onReady', () => endpoints.start());
    app.addHook('onClose', async () => {
      nudge.close();
      await Promise.all([endpoints.close(), log?.close(), shadows?.close(), counts.close()]);
      scoringProcess?.close();
    });

    app.post<Named>(
      '/v1/endpoints/:name/predict',
      { bodyLimit: BODY_LIMIT, ...says('Predicts rows by column names', { body: predictBody }, ASKED) },
      whenKnown<Named>(endpoints, (endpoint, request, reply) => {
        const rows = rowsOf(request.body);
        const id = idOf(request);
        return onward(endpoint.predict(rows, { id, headers: request.headers }), (answer) => {
          const { version, predictor, responded } = answer;
          const { predictions, logged } = predictor.write(responded);
          const { unknown, short } = responded;
          const notes =
            (unknown.length === 0 ? '' : `,"unknown":${JSON.stringify(unknown)}`) +
            (short.length === 0 ? '' : `,"short":${JSON.stringify(short)}`);
          sendJson(
            reply,
            `{"model":${JSON.stringify(endpoint.name)},"version":${version},"requestId":"${id}","predictions":${predictions}${notes}}`,
          );
          log?.addText(
            endpoint.name,
            rows.length,
            logLine(id, answer, rowsText(request.bodyText) ?? JSON.stringify(rows), logged),
          );
        });
      }),
    );

    app.post<Named>(
      '/v1/endpoints/:name/outcomes',
      { bodyLimit: BODY_LIMIT, ...says('Takes what turned out to be true of rows', { body: outcomesBody }) },
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

    void app.register(async (scope) => inferenceRoutes(scope, endpoints, log));
  };
}

function describe(endpoint: Endpoint, log: PredictionLog | undefined): object {
  const { assignment, problem, name } = endpoint;
  return {
    name,
    ready: assignment !== undefined,
    version: assignment?.version ?? null,
    model: assignment?.model.digest ?? null,
    problem: problem ?? null,
    traffic: endpoint.plan ?? null,
    log: log?.figures(name) ?? null,
  };
}
