import { createRequire } from 'node:module';

/**
 * The database's binding reads text with a decoder that takes U+FEFF off its beginning, as if each cell were a file: the
 * cell would be another one than in the table. A decoder that leaves it takes its place.
 */
const accessors = createRequire(import.meta.url)('@duckdb/node-api/lib/vectors/dataAccessors.js') as {
  textDecoder: InstanceType<typeof TextDecoder>;
};
accessors.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
