export { labelReview as 'label-review' } from '../../workflows/review/index.js';
