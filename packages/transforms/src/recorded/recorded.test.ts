import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { applyTransform, parseTransform, type FeatureRow } from '../index.js';

interface Recorded {
  readonly transform: string;
  readonly rows: readonly FeatureRow[];
  readonly 'features, little-endian doubles in hex': readonly string[];
}

test.each([1, 2])(
  'a transform of format %i, recorded by a former version, gives its features bit for bit',
  async (format) => {
    const text = await readFile(new URL(`format-${format}.json`, import.meta.url), 'utf8');
    const recorded = JSON.parse(text) as Recorded;
    const transform = parseTransform(recorded.transform);
    expect(transform.format).toBe(`trainyard.transform/${format}`);
    const features = recorded.rows.map((row) => Buffer.from(applyTransform(transform, row).buffer).toString('hex'));
    expect(features).toEqual(recorded['features, little-endian doubles in hex']);
  },
);
