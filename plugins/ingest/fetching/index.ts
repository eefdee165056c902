export { download, type Download } from './download.js';
export { request, sayUrl, toldOf, type Answer } from './request.js';
export { mayPass, Passing, retryAfterMs, retrying } from './retry.js';
