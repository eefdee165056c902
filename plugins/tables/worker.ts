export { joinNode } from './join-node.js';
