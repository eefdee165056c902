export type { BlobSource, Store, StoreKey } from './store.js';
export { FileStore } from './files.js';
export { openStore } from './open.js';
export { Artifacts, type Manifest } from './artifacts.js';
