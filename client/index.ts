export type { TrainyardClient } from './client.js';
export { connect, type ConnectOptions } from './connect.js';
