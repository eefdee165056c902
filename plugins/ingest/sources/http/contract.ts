import { z } from 'zod';
import { secretRef, sourceSpec } from '../../../../core/index.js';
import { formatOption } from '../../formats/contract.js';

/** Headers that let somebody in: their values never stand in code. */
const SECRET = /^(authorization|proxy-authorization|cookie|.*(api-?key|token|secret).*)$/i;

const address = z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/i.test(url), {
  error: 'an address without user and password: give them as a header, from a secret',
});

/**
 * A file at an address. An address in a private network may be named; a public one may not redirect there.
 *
 *     ingest.read({ source: http({ url: 'https://example.org/birds.csv', headers: { authorization: { secret: 'birds' } } }) })
 */
export const http = sourceSpec({
  name: 'http',
  title: 'A file at an http or https address',
  options: z.strictObject({
    url: z.union([address, secretRef]).describe('the address; a secret where the address itself lets somebody in'),
    headers: z
      .record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secretRef]))
      .default({})
      .refine(
        (headers) => Object.entries(headers).every(([name, value]) => typeof value !== 'string' || !SECRET.test(name)),
        {
          error: "credentials as references to secrets, such as { authorization: { secret: 'birds' } }",
        },
      )
      .describe('headers of the request; credentials as secrets'),
    format: formatOption,
    maxBytes: z.number().int().min(1).default(10_000_000_000).describe('the most bytes that it may have, unpacked'),
    attempts: z.number().int().min(1).max(20).default(5).describe('how often it is tried before the node fails'),
    pauseSeconds: z
      .number()
      .min(0)
      .max(60)
      .default(1)
      .describe('the first pause between attempts; each further one is twice as long'),
    idleSeconds: z.number().min(1).max(600).default(60).describe('the most seconds without a byte'),
  }),
});
