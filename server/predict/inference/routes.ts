import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TrainyardError } from '@trainyard/errors';
import { packageVersion } from '../../../project/package-root.js';
import { says } from '../../openapi.js';
import { ASKED, BODY_LIMIT, idOf, logLine, onward, sendJson, whenKnown, type Named } from '../asked.js';
import type { Endpoint } from '../endpoint.js';
import type { Endpoints } from '../endpoints.js';
import type { PredictionLog } from '../prediction-log.js';
import { checkOutputs, describeModel, inferenceAnswer } from './answer.js';
import { inferBody, readInference } from './request.js';

type Versioned = { Params: { name: string; version: string } };
/** Whoever looks after the server asks whether it lives. */
const OPEN = { access: 'open' } as const;

/**
 * The Open Inference Protocol, version 2, over HTTP: JSON, or tensors as bytes. Its clients send bodies without a Content-Type, so these
 * routes read whatever comes as bytes.
 */
export function inferenceRoutes(app: FastifyInstance, endpoints: Endpoints, log: PredictionLog | undefined): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const infer = (endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): void | Promise<void> => {
    const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
    const asked = readInference(body, request.headers, BODY_LIMIT);
    checkOutputs(asked, endpoint.predictor.card.task);
    const { id = idOf(request), rows } = asked;
    return onward(endpoint.predict(rows, { id, headers: request.headers }), (answer) => {
      const { body: text, headerLength } = inferenceAnswer(endpoint.name, id, asked, answer);
      if (headerLength === undefined) sendJson(reply, String(text));
      else
        void reply
          .headers({ 'inference-header-content-length': headerLength, 'content-type': 'application/octet-stream' })
          .send(text);
      const { logged } = answer.predictor.write(answer.responded);
      log?.addText(endpoint.name, rows.length, logLine(id, answer, JSON.stringify(rows), logged));
    });
  };
  const note = says('Predicts tensors: Open Inference Protocol 2', { body: inferBody }, ASKED);
  const options = { bodyLimit: BODY_LIMIT, ...note };
  app.post<Named>('/v2/models/:name/infer', options, whenKnown<Named>(endpoints, infer));
  app.post<Versioned>(
    '/v2/models/:name/versions/:version/infer',
    options,
    whenKnown<Versioned>(endpoints, (endpoint, request, reply) => {
      checkVersion(endpoint, request.params.version);
      return infer(endpoint, request, reply);
    }),
  );

  const described = (endpoint: Endpoint): object =>
    describeModel(endpoint.name, endpoint.assignment?.version ?? 0, endpoint.predictor.card);
  const ready = (endpoint: Endpoint): object => ({
    name: endpoint.name,
    ready: endpoint.predictor.outputs.length > 0,
  });
  app.get<Named>('/v2/models/:name', says('Metadata of a model'), async (request) =>
    described(await endpoints.get(request.params.name)),
  );
  app.get<Named>('/v2/models/:name/ready', says('Whether a model answers'), async (request) =>
    ready(await endpoints.get(request.params.name)),
  );
  for (const [path, what, answer] of [
    ['', 'Metadata of a version in service', described],
    ['/ready', 'Whether a version answers', ready],
  ] as const)
    app.get<Versioned>(`/v2/models/:name/versions/:version${path}`, says(what), async ({ params }) => {
      const endpoint = await endpoints.get(params.name);
      checkVersion(endpoint, params.version);
      return answer(endpoint);
    });

  app.get('/v2', says('Metadata of the server'), async () => ({
    name: 'trainyard',
    version: packageVersion(),
    extensions: ['binary_tensor_data'],
  }));
  app.get('/v2/health/live', says('Whether the server lives', {}, OPEN), async () => ({ live: true }));
  app.get(
    '/v2/health/ready',
    says('Whether all endpoints have a model in service', {}, OPEN),
    async (_request, reply) => {
      const isReady = endpoints.names().every((name) => endpoints.known(name)?.assignment !== undefined);
      return reply.code(isReady ? 200 : 503).send({ ready: isReady });
    },
  );
}

/** A version that is asked for by its number must be the one in service. */
function checkVersion({ name, assignment }: Endpoint, asked: string): void {
  if (assignment !== undefined && asked === String(assignment.version)) return;
  throw new TrainyardError('TY-ENDPOINT-UNKNOWN', {
    what: `version "${asked.slice(0, 40)}" of ${name} is not in service here`,
    expected: assignment === undefined ? 'no version is, yet' : `version ${assignment.version}`,
  });
}
