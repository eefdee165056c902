// What Fastify itself can do: a route that reads JSON and answers with as much of it, and does nothing in between.
import fastify from 'fastify';

export interface BareSettings {
  readonly answer: unknown;
}

const { answer } = JSON.parse(process.argv[2] ?? '{}') as BareSettings;
const app = fastify();
app.post('/predict', async () => answer);
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`at ${app.listeningOrigin}\n`);
process.on('SIGTERM', () => void app.close());
