export { createServer, listen, type ServerOptions } from './app.js';
export { readKeys, type AccessKey } from './keys.js';
export type { RouteModule, ServerClient, Services } from './services.js';
