// Predictions over HTTP, and the page: `node server.mjs`. Settings are variables of the environment: PORT (8080), HOST (127.0.0.1), and
// KEY, which requests bring as `Authorization: Bearer KEY`. Beyond this machine it serves with a key only.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { openModel } from './predict.mjs';

const { PORT = '8080', HOST = '127.0.0.1', KEY = '' } = process.env;
const LARGEST_BODY = 16 * 1024 * 1024;
const TYPES = { html: 'text/html; charset=utf-8', mjs: 'text/javascript', css: 'text/css', wasm: 'application/wasm', json: 'application/json', onnx: 'application/octet-stream' }; // prettier-ignore
/** What the page loads; nothing else of the folder is given away. */
const FILES = new Set(['index.html', 'page.mjs', 'page.css', 'predict.mjs', 'ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm', 'export.json', 'transform.json', 'features-sample.json', 'model.onnx']); // prettier-ignore

if (!['127.0.0.1', '::1', 'localhost'].includes(HOST) && KEY === '') {
  process.stderr.write(
    `HOST is ${HOST}, which other machines can reach: set KEY to a secret that they send with each request\n`,
  );
  process.exit(1);
}

const model = await openModel();
const { rows, difference, allowed } = await model.check();
if (allowed !== null && !(difference <= allowed)) {
  process.stderr.write(
    `the model does not answer its own sample: ${rows} rows, ${difference} off, ${allowed} allowed\n`,
  );
  process.exit(1);
}

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const digest = (text) => createHash('sha256').update(text).digest();
const isAllowed = (request) =>
  KEY === '' || timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${KEY}`));

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Refusal(413, `a request may have ${LARGEST_BODY} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

async function predict(request) {
  const body = await bodyOf(request);
  const asked = Array.isArray(body) ? body : body?.rows;
  if (!Array.isArray(asked))
    throw new Refusal(400, 'the body is no list of rows: [{"column": value, …}] or {"rows": […]}');
  try {
    return await model.predict(asked);
  } catch (error) {
    throw new Refusal(400, error.message);
  }
}

const secure = {
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'",
};
function send(response, status, body, type = 'application/json') {
  response.writeHead(status, { ...secure, 'content-type': type }).end(JSON.stringify(body));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/health') return send(response, 200, { ready: true });
  if (!isAllowed(request)) throw new Refusal(401, 'this server asks for its key: Authorization: Bearer KEY');
  if (pathname === '/predict') {
    if (request.method !== 'POST') throw new Refusal(405, '/predict takes POST');
    return send(response, 200, await predict(request));
  }
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  if (!FILES.has(name) || !['GET', 'HEAD'].includes(request.method)) throw new Refusal(404, 'there is no such page');
  response.writeHead(200, { ...secure, 'content-type': TYPES[name.split('.').at(-1)] });
  if (request.method === 'HEAD') return response.end();
  createReadStream(new URL(name, import.meta.url)).pipe(response);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    const status = error.status ?? 500;
    if (status === 500) process.stderr.write(`${error.stack}\n`);
    const detail = status === 500 ? 'the server made a mistake; its log says which' : error.message;
    // What is left of a body that is too large is not read.
    if (status === 413) response.setHeader('connection', 'close');
    if (!response.headersSent) send(response, status, { status, detail }, 'application/problem+json');
  });
});
server.requestTimeout = 30_000;
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => void model.dispose().then(() => process.exit(0)));
    server.closeIdleConnections();
  });
server.listen(Number(PORT), HOST, () => {
  process.stdout.write(
    `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${server.address().port}/ answers; POST /predict takes rows\n`,
  );
});
