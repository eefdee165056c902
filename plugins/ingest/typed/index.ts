export { missingIn, missingTexts } from './missing.js';
export { readTyped, siftTyped, type SiftedOutput, type TypedOutput, type TypedParams } from './read-typed.js';
export { rawColumn, rawName, RECORD, RECORD_NAME, type RawColumn, type RawText, type RecordPlace } from './raw-text.js';
