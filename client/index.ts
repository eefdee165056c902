export type { TrainyardClient } from './client.js';
