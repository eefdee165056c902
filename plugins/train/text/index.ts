export { readTokenizer } from './huggingface.js';
export {
  openTokenizer,
  textSchema,
  tokenizerSchema,
  writeCodes,
  type TextSettings,
  type TokenizerSettings,
} from './registry.js';
export { learnWords } from './words.js';
