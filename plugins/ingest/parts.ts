import { pageSection } from '../../activities/processes/index.js';
export { backfillProcess } from '../../activities/processes/backfill.js';
export { triggerProcess } from '../../activities/processes/trigger.js';
export { crawlSource } from './sources/crawl/kind.js';
export { fileSource } from './sources/file/kind.js';
export { imagesSource, textsSource } from './sources/folder/kinds.js';
export { httpSource } from './sources/http/kind.js';
export { postgresSource } from './sources/postgres/kind.js';
export { redisStreamSource } from './sources/redis-stream/kind.js';
export { s3Source } from './sources/s3/kind.js';
export { sqliteSource } from './sources/sqlite/kind.js';

/** The rows that readings of a run left out, where there are any. */
export const quarantineSection = pageSection({
  name: 'quarantine',
  title: 'Quarantine',
  place: 'before the graph',
  draw: async ({ run }) => (await import('./quarantine-section.js')).quarantineSection(run),
});
