// Receivers of a registry's events, and the Activities that tell them.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { Webhook as Verifier } from 'standardwebhooks';
import type { TrainyardClient } from '../../client/client.js';
import { registryActivities } from '../../activities/registry/activities.js';
import type { Webhook } from '../../core/config.js';
import { TrainyardError } from '@trainyard/errors';
import type { Store } from '../../store/index.js';

/** Reads like a key; nothing is guarded by it. */
export const SIGNED_WITH = 'whsec_dHJhaW55YXJkLXRlc3RzLXNpZ24td2l0aC10aGlz';

/** The Activities of registries that tell these receivers. */
export function toldTo(
  webhooks: readonly Webhook[],
  { temporal, taskQueue, store }: { temporal: Client; taskQueue: string; store: Store },
): object {
  const secret = (name: string): string => {
    if (name === 'signed-with') return SIGNED_WITH;
    throw new TrainyardError('TY-CONFIG', { what: `secret "${name}" is not in temporal.config.ts` });
  };
  return registryActivities({
    client: { temporal, taskQueue } as TrainyardClient,
    store,
    project: { folder: '.', parts: { all: () => [] } as never, webhooks, secret, hide: (text) => text },
  });
}

/** What a receiver got. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly number: number };
}

/** A receiver that verifies each event by the standard's own library, and answers with `status`. */
export class Receiver {
  readonly #server: Server;
  status = 204;
  readonly received: Received[] = [];
  /** Events of which the signature was wrong. */
  wrong = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        try {
          const text = Buffer.concat(parts).toString('utf8');
          const event = new Verifier(SIGNED_WITH).verify(text, request.headers as Record<string, string>) as Received;
          this.received.push({ ...event, id: String(request.headers['webhook-id']) });
        } catch {
          this.wrong++;
        }
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Numbers of the lines as they came first, without what came twice. */
  get lines(): number[] {
    return [...new Set(this.received.map(({ data }) => data.number))];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
