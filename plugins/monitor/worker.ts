export { endpointNode } from './endpoint.js';
