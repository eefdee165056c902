export { cutText, MOST_SIGNS, sayThrown, sayValue } from './bounds.js';
export { CATALOGUE, type CatalogueEntry, type Code } from './catalogue.js';
export {
  isTrainyardError,
  TrainyardError,
  TransientError,
  UserError,
  type ErrorParts,
  type ErrorRecord,
  type Place,
} from './error.js';
export { editDistance, nearest, sayNearest } from './nearest.js';
