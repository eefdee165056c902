import formBodies from '@fastify/formbody';
import { z } from 'zod';
import type { Client } from '@temporalio/client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { processNamed } from '../../client/process-state.js';
import { resumeRun } from '../../client/resume.js';
import { cancelOrEnd } from '../../client/cancel.js';
import { describeRun } from '../../client/run-view.js';
import { decide, recoverNode } from '../../client/runs.js';
import { steerStudy } from '../../client/studies.js';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { steering } from '../../workflows/study/contract.js';
import { problemPage } from '../pages/problem.js';
import { readJsonBody } from '../json-body.js';
import { problemOf } from '../problem.js';
import { says } from '../openapi.js';
import type { RouteModule, Services } from '../services.js';

type Named = { Params: { id: string } };
type Acting = { Params: { id: string; action: string } };

const why = z.string().max(2000).default('');
/** Taken, and not looked at: who decides is who holds the key. */
const by = z.string().max(100).optional();
const name = z.string().min(1).max(1000);
const values = z.record(z.string(), z.custom<Json>());

/** The fields of a form: one that is sent twice comes as a list. */
const formFields = z.record(z.string(), z.string());

/** What can be done to a run, as programs ask for it. */
const ASKED = {
  approvals: z.strictObject({ name, approved: z.boolean(), by, why }),
  recover: z.strictObject({
    call: name,
    action: z.enum(['retry', 'skip', 'fail']),
    by,
    why,
    params: values.optional(),
    pool: name.optional(),
    outputs: values.optional(),
  }),
  cancel: z.strictObject({}),
  resume: z.strictObject({ newCode: z.boolean().default(false), pause: z.boolean().default(false) }),
  study: z.strictObject({
    action: z.enum(['grow', 'add', 'pause', 'resume', 'stop', 'cancel']),
    trials: z.number().int().min(1).optional(),
    params: values.optional(),
    by,
    why,
  }),
} as const;

type Action = keyof typeof ASKED;

const SAYS: Readonly<Record<Action, string>> = {
  approvals: 'Answers an approval',
  recover: 'Decides about a node that failed and waits',
  cancel: 'Ends a run',
  resume: 'Starts a run that does what an ended one did not',
  study: 'Steers a study',
};

const LIMITED = { limit: 'decisions' } as const;

/**
 * Decisions about runs: approve or refuse, try a failed node again, skip it or let it fail, cancel, resume, steer a study. As JSON at
 * `/api/runs/:id/…`, and as forms of the run page at `/runs/:id/actions/…`, which need no script. All come to what the
 * command line calls.
 */
export const actionRoutes: RouteModule = async (app, { services }) => {
  for (const action of Object.keys(ASKED) as Action[])
    app.post<Named>(`/api/runs/:id/${action}`, says(SAYS[action], { body: ASKED[action] }, LIMITED), async (request) =>
      perform(services, request, request.params.id, action, request.body ?? {}),
    );

  await app.register(async (forms) => {
    await forms.register(formBodies);
    const form = says('The forms of the run page', { body: formFields, form: true }, LIMITED);
    forms.post<Acting>('/runs/:id/actions/:action', form, async (request, reply) => {
      const { id, action } = request.params;
      try {
        const answer = await performForm(services, request, id, action);
        if (!wantsPage(request)) return answer;
        return await reply.redirect(`/runs/${encodeURIComponent(answer.run)}`, 303);
      } catch (error) {
        if (!wantsPage(request)) throw error;
        return sendPage(reply, error, request.keyName);
      }
    });
  });
};

const wantsPage = (request: FastifyRequest): boolean => (request.headers.accept ?? '').includes('text/html');

function sendPage(reply: FastifyReply, error: unknown, keyName: string | undefined): FastifyReply {
  const problem = problemOf(error);
  return reply.code(problem.status).type('text/html; charset=utf-8').send(problemPage(problem, keyName).text);
}

async function perform(
  { client, store }: Services,
  request: FastifyRequest,
  id: string,
  action: Action,
  body: unknown,
): Promise<{ run: string; [more: string]: unknown }> {
  const who = request.keyName ?? '';
  switch (action) {
    case 'approvals': {
      const asked = parse(action, body);
      const answer = { ...asked, by: who };
      await decide(client, id, answer);
      return { run: id, name: answer.name, approved: answer.approved, by: answer.by };
    }
    case 'recover': {
      const asked = parse(action, body);
      const { params, pool, outputs, ...decision } = asked;
      await recoverNode(client, id, {
        ...decision,
        by: who,
        ...(params === undefined ? {} : { params }),
        ...(pool === undefined ? {} : { pool }),
        ...(outputs === undefined ? {} : { outputs }),
      });
      return { run: id, call: asked.call, action: asked.action, by: who };
    }
    case 'cancel':
      await refuseLasting(client.temporal, id);
      await cancelOrEnd({ temporal: client.temporal, store }, id);
      return { run: id, cancelled: id };
    case 'resume': {
      const { newCode, pause } = parse(action, body);
      const { temporal, taskQueue } = client;
      const parts = { temporal, taskQueue, store, namespace: temporal.options.namespace, close: async () => undefined };
      const { workflowId } = await resumeRun(parts, id, {
        newCode,
        ...(pause ? { onFailure: 'pause' as const } : {}),
        cause: { kind: 'resume', of: id, by: who },
        pages: `${request.protocol}://${request.headers.host ?? ''}`,
      });
      return { run: workflowId, resumes: id };
    }
    case 'study': {
      const asked = { ...parse(action, body) };
      const steered = steering.safeParse({ ...asked, by: who });
      if (!steered.success) throw notValid(steered.error, 'action, with trials to grow and params to add');
      await steerStudy({ temporal: client.temporal }, id, steered.data);
      return { run: id, action: steered.data.action, by: steered.data.by };
    }
  }
}

/** What lasts beyond runs (a model's registry, a monitor) is not ended by a wrong id. */
async function refuseLasting(temporal: Client, id: string): Promise<void> {
  const kind = (await describeRun(temporal, id))?.description.type;
  if (kind !== undefined && (await processNamed(kind))?.ends === 'never')
    throw new TrainyardError('TY-DECISION', {
      what: `"${id}" is no run, but a ${kind.replace('-', ' ')}, which lasts`,
      where: { run: id },
      remedy: 'name the run that is to end: trainyard runs lists them',
    });
}

function parse<A extends Action>(action: A, body: unknown): z.output<(typeof ASKED)[A]> {
  const parsed = ASKED[action].safeParse(body);
  if (parsed.success) return parsed.data as z.output<(typeof ASKED)[A]>;
  throw notValid(parsed.error, Object.keys(ASKED[action].shape).join(', '));
}

function notValid({ issues: [issue] }: z.ZodError, expected: string): TrainyardError {
  return new TrainyardError('TY-PARAM', {
    what: `the request is not valid: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}`,
    where: { field: issue?.path.join('.') || undefined },
    expected,
  });
}

/** The same from a form's fields, which are text. */
async function performForm(
  services: Services,
  request: FastifyRequest,
  id: string,
  action: string,
): Promise<{ run: string }> {
  const parsed = formFields.safeParse(request.body ?? {});
  if (!parsed.success) throw notValid(parsed.error, 'each field of the form once, as text');
  const fields = parsed.data;
  switch (action) {
    case 'approvals':
      return perform(services, request, id, action, {
        name: fields['name'],
        approved: fields['approved'] === 'true',
        why: fields['why'],
      });
    case 'recover': {
      const outputs = Object.entries(fields)
        .filter(([name]) => name.startsWith('output:'))
        .map(([field, text]) => {
          const port = field.slice('output:'.length);
          return [port, readJsonBody(text, port)] as const;
        });
      return perform(services, request, id, action, {
        call: fields['call'],
        action: fields['decision'],
        why: fields['why'],
        ...(fields['params']?.trim() ? { params: readJsonBody(fields['params'], 'params') } : {}),
        ...(fields['pool'] ? { pool: fields['pool'] } : {}),
        ...(outputs.length > 0 ? { outputs: Object.fromEntries(outputs) } : {}),
      });
    }
    case 'cancel':
      return perform(services, request, id, action, {});
    case 'study':
      return perform(services, request, id, action, {
        action: fields['decision'],
        why: fields['why'],
        ...(fields['trials'] ? { trials: Number(fields['trials']) } : {}),
        ...(fields['params'] ? { params: readJsonBody(fields['params'], 'params') } : {}),
      });
    case 'resume':
      return perform(services, request, id, action, {
        newCode: fields['newCode'] !== undefined,
        pause: fields['pause'] !== undefined,
      });
    default:
      throw new TrainyardError('TY-USAGE', {
        what: `"${action}" is nothing that can be done to a run`,
        expected: Object.keys(ASKED).join(', '),
        remedy: 'use the buttons of the run page',
      });
  }
}
