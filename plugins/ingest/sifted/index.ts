export { figuresOf } from './figures.js';
export { siftPage } from './page.js';
