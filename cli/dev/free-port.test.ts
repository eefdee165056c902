import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.js';

const listening = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const close = (server: Server): Promise<void> => new Promise((closed) => server.close(() => closed()));

test('the first preferred port that is free is taken; where none is, any', async () => {
  const [taken, other] = [await listening(), await listening()];
  const [busy, free] = [portOf(taken), portOf(other)];
  await close(other);
  expect(await freePort(free, busy)).toBe(free);
  expect(await freePort(busy, free)).toBe(free);
  expect(await freePort(busy)).toBe(0);
  await close(taken);
});
