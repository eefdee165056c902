export { labelReview as 'label-review' } from './index.js';
