export { labelReviewProcess } from '../../processes/label-review.js';
