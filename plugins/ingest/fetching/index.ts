export { download, type Download } from './download.js';
export { request, sayUrl, USER_AGENT, type Answer } from './request.js';
export { mayPass, Passing, retryAfterMs, retrying } from './retry.js';
