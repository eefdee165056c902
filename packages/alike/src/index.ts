export type { Alike, AlikeRows } from './contract.js';
export { findAlike } from './find-alike.js';
export { bandsOf, binsOfBand, plainText, shinglesOf, similarityOf } from './min-hash.js';
export { perceptualHash, pictureHash, readPicture, type Picture } from './pictures/index.js';
