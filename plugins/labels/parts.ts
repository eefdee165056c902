export { labelReviewProcess } from '../../activities/processes/label-review.js';
