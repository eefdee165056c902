import { createHash, createHmac } from 'node:crypto';

/** Who asks. */
export interface Credentials {
  readonly keyId: string;
  readonly key: string;
  readonly session?: string | undefined;
}

const EMPTY_BODY = createHash('sha256').digest('hex');

/**
 * The headers of a signed GET request: AWS Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The path of `url` is as it
 * goes out: S3 alone among the services does not escape it once more.
 */
export function signed(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { keyId, key, session }: Credentials,
  region: string,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': EMPTY_BODY,
    'x-amz-date': time,
    ...(session === undefined ? {} : { 'x-amz-security-token': session }),
  };
  const names = Object.keys(all)
    .map((name) => name.toLowerCase())
    .sort();
  const values = new Map(
    Object.entries(all).map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')]),
  );
  const query = [...url.searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const canonical = [
    'GET',
    url.pathname,
    query,
    ...names.map((name) => `${name}:${values.get(name)}`),
    '',
    names.join(';'),
    EMPTY_BODY,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const signing = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${key}`);
  const signature = hmac(signing, toSign).toString('hex');
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Text as it stands in a path or a query (RFC 3986). */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
