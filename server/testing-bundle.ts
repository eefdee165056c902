// One of each kind of Workflow that the routes ask: what is odd about an id may be that it belongs to another kind.
export { ask } from './runs/testing-bundle.js';
export * from '../workflows/registry/testing-bundle.js';
export * from '../workflows/review/testing-bundle.js';
