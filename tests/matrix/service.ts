import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service outside, as those for payments are: what is asked for again with one key, it has done already. */
export interface Service {
  readonly url: string;
  /** What it did, in its order. */
  readonly done: readonly string[];
  /** How often it was asked. */
  asked(): number;
  stop(): Promise<void>;
}

/** Starts one. Now and then, by count, its answer is lost after it did what was asked. */
export async function startService({ loseEvery }: { readonly loseEvery: number }): Promise<Service> {
  const keys = new Set<string>();
  const done: string[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      asked++;
      const key = String(request.headers['idempotency-key']);
      const isNew = !keys.has(key);
      keys.add(key);
      if (isNew) done.push(body);
      if (isNew && done.length % loseEvery === 0) request.socket.destroy();
      else response.end('done');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    done,
    asked: () => asked,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
