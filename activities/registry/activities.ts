import type { ProcessServices, ProjectServices } from '../../client/process.js';
import { getModelHead } from '../../client/registry/models.js';
import type { Webhook } from '../../core/config.js';
import type { Json } from '../../core/json.js';
import { countOf, itemsBetween } from '../../core/paged-list.js';
import { projectOfQueue } from '../../core/queues.js';
import { pageReader } from '../../store/index.js';
import {
  modelEventSchema,
  type Delivered,
  type DeliveryAsk,
  type ModelEvent,
  type RegistryActivities,
} from '../../workflows/registry/contract.js';
import { withHeartbeat } from '../with-heartbeat.js';
import { crashPoint } from '../run/crash-points.js';
import { sendEvent, type WebhookEvent } from '../webhooks/send.js';

/** Events of one receiver that are sent in one go, and how long that may take, in milliseconds. */
const EVENTS = 50;
const SEND_MS = 20_000;

const TYPES: Readonly<Record<ModelEvent['what'], string>> = {
  registered: 'model.version.registered',
  annotated: 'model.version.annotated',
  deleted: 'model.version.deleted',
  moved: 'model.alias.moved',
  'rolled back': 'model.alias.rolled-back',
  traffic: 'model.traffic.planned',
};

/** Activities of registries. */
export function registryActivities({ client, store, project }: ProcessServices): RegistryActivities {
  return {
    'trainyard.deliverModelEvents': ({ model, seen, delivered }: DeliveryAsk): Promise<Delivered> =>
      withHeartbeat(async () => {
        const hooks = (project?.webhooks ?? []).filter(({ models }) => models?.includes(model) ?? true);
        const { history } = await getModelHead(client, model);
        const count = countOf(history);
        if (!project || hooks.length === 0) return { count, hooks: {} };
        const reader = pageReader(store, modelEventSchema);
        const told = await Promise.all(
          hooks.map(async (hook) => {
            // A receiver that is new is told what has come since the last look.
            const from = delivered[hook.name] ?? seen;
            const events = await itemsBetween(history, from, Math.min(count, from + EVENTS), reader);
            const sent = await sendAll(
              project,
              hook,
              events.map((event) => eventOf(projectOfQueue(client.taskQueue), model, event)),
            );
            return [hook.name, { delivered: from + sent.count, problem: sent.problem }] as const;
          }),
        );
        return { count, hooks: Object.fromEntries(told) };
      }),
  };
}

/** Sends events one after the other, and stops at the first that is not acknowledged. */
async function sendAll(
  project: ProjectServices,
  hook: Webhook,
  events: readonly WebhookEvent[],
): Promise<{ readonly count: number; readonly problem?: string | undefined }> {
  const began = performance.now();
  for (const [count, event] of events.entries()) {
    if (count > 0 && performance.now() - began > SEND_MS) return { count };
    crashPoint('sending-event', { run: event.id });
    const problem = await sendEvent(project, hook, event);
    crashPoint('event-sent', { run: event.id });
    if (problem !== undefined) return { count, problem };
  }
  return { count: events.length };
}

function eventOf(project: string, model: string, event: ModelEvent): WebhookEvent {
  const { what, at, number, ...facts } = event;
  return {
    id: `${project}.${model}.${number}`,
    type: TYPES[what],
    timestamp: at,
    data: { project, model, number, ...facts } as unknown as Json,
  };
}
