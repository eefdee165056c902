import { z } from 'zod';
import { secretRef, sourceSpec } from '../../../../core/index.js';
import { formatOption } from '../../formats/contract.js';

/**
 * An object, or all objects whose keys begin with a prefix, in S3 or a store that speaks as it does, as one table.
 *
 *     ingest.read({ source: s3({ bucket: 'birds', prefix: 'daily/', region: 'eu-central-1', keyId: { secret: 's3 id' }, key: { secret: 's3 key' } }) })
 */
export const s3 = sourceSpec({
  name: 's3',
  title: 'Objects in S3, or in a store that speaks as it does',
  options: z.strictObject({
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'a name of a bucket' }),
    prefix: z.string().describe('what the keys begin with; a whole key for one object'),
    region: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('us-east-1'),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('address of another store than that of AWS, without the bucket'),
    keyId: secretRef
      .optional()
      .describe('a secret that holds the access key id; without it the store is asked as anybody'),
    key: secretRef.optional().describe('a secret that holds the secret access key'),
    session: secretRef.optional().describe('a secret that holds a session token'),
    format: formatOption,
    maxBytes: z.number().int().min(1).default(100_000_000_000).describe('the most bytes of all objects together'),
    maxObjects: z.number().int().min(1).default(100_000).describe('the most objects'),
    attempts: z.number().int().min(1).max(20).default(5).describe('how often each request is tried'),
  }),
});
