import { createHmac } from 'node:crypto';
import type { ProjectServices } from '../../client/process.js';
import type { Webhook } from '../../core/config.js';
import type { Json } from '../../core/json.js';

/** An event as receivers get it. */
export interface WebhookEvent {
  /** The same however often it is sent: by it a receiver knows what it has already. */
  readonly id: string;
  /** What happened: `model.alias.moved`. */
  readonly type: string;
  /** When it happened: ISO 8601, UTC. */
  readonly timestamp: string;
  readonly data: Json;
}

/** The longest wait for an answer, in milliseconds. */
const ANSWER_MS = 10_000;

/**
 * Sends an event, signed by the rules of Standard Webhooks (standardwebhooks.com, 1.0.0): HMAC-SHA256 over id, time of
 * sending and body. Undefined when the receiver acknowledged it with a status of 200 to 299; else why not, in words
 * without secrets. A redirect is no acknowledgement, and is not followed.
 */
export async function sendEvent(
  services: Pick<ProjectServices, 'secret' | 'hide'>,
  { url, secret }: Webhook,
  event: WebhookEvent,
): Promise<string | undefined> {
  try {
    const address = typeof url === 'string' ? url : services.secret(url.secret);
    const body = JSON.stringify({ type: event.type, timestamp: event.timestamp, data: event.data });
    const sentAt = String(Math.floor(Date.now() / 1000));
    const response = await fetch(address, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'trainyard',
        'webhook-id': event.id,
        'webhook-timestamp': sentAt,
        'webhook-signature': signatureOf(services.secret(secret), `${event.id}.${sentAt}.${body}`),
      },
    });
    await response.body?.cancel();
    return response.ok ? undefined : `the receiver answered ${response.status}`;
  } catch (error) {
    return services.hide(sayWhy(error)).slice(0, 300);
  }
}

/** A secret that begins with `whsec_` is base64, as that standard writes it; any other is its text. */
function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

function sayWhy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `the receiver did not answer within ${ANSWER_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
