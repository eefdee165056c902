export { apply, suspects } from './contract.js';
export { review, reviewed, type Reviewed, type ReviewOptions } from './review.js';
