export { currentNode } from './current.js';
export { endpointNode } from './endpoint.js';
