import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema, parseConfig, type ConfigInput } from '../../core/config.js';
import { sectionsOf, valueOfCode } from './sections.js';

const FILE = 'temporal.config.ts';
const sections = sectionsOf('configuration.md');

/** A schema without what fills in its default. */
function bare(schema: unknown): unknown {
  let one = schema;
  while (one instanceof z.ZodDefault || one instanceof z.ZodPrefault || one instanceof z.ZodOptional)
    one = one.unwrap();
  return one;
}

/** Paths of all fields: those of an object each, those of a record of objects below NAME. */
function fieldsIn(schema: unknown, path: readonly string[] = []): string[] {
  const one = bare(schema);
  if (one instanceof z.ZodObject)
    return Object.entries(one.shape as object).flatMap(([name, inner]) => fieldsIn(inner, [...path, name]));
  const own = path.join('.');
  if (!(one instanceof z.ZodRecord) || !(bare(one.valueType) instanceof z.ZodObject)) return [own];
  return [own, ...fieldsIn(one.valueType, [...path, 'NAME'])];
}

/** The configuration that holds one value, at a path. */
function holding(path: string, value: unknown): ConfigInput {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as ConfigInput;
}

describe('docs/configuration.md', () => {
  it('has every field of temporal.config.ts, and no other, each once', () => {
    expect(sections.map(({ field }) => field).sort()).toEqual(fieldsIn(configSchema).sort());
  });

  it('says the type of each, and the default that the schema fills in', async () => {
    for (const { field, type, byDefault } of sections) {
      expect(type, field).not.toBe('');
      const within = field.startsWith('pools.') ? { pools: { one: {} } } : {};
      const path = field.replace('NAME', 'one');
      const filled: unknown = path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], parseConfig(within, FILE));
      const said = byDefault && 'code' in byDefault ? byDefault.code : undefined;
      expect(said === undefined, `${field}: code for a default that the schema fills in, words for any other`).toBe(
        filled === undefined,
      );
      if (said === undefined) continue;
      expect(parseConfig(holding(path, await valueOfCode(said)), FILE), field).toEqual(parseConfig(within, FILE));
    }
  });

  it('shows an example of each, which the schema takes and which has the field', async () => {
    for (const { field, examples } of sections) {
      expect(examples, field).toHaveLength(1);
      const example = (await valueOfCode(`{ ${examples[0]} }`)) as ConfigInput;
      parseConfig(example, FILE);
      const held = field
        .split('.')
        .reduce<unknown>(
          (at, name) => (name === 'NAME' ? Object.values(at as object)[0] : (at as Record<string, unknown>)[name]),
          example,
        );
      expect(held, field).toBeDefined();
    }
  });

  it('names every value of a field that takes one of a few', () => {
    const pool = bare((bare(configSchema.shape.pools) as z.ZodRecord).valueType) as z.ZodObject;
    const { type } = sections.find(({ field }) => field === 'pools.NAME.backend')!;
    for (const one of (bare(pool.shape['backend']) as z.ZodEnum).options) expect(type).toContain(`\`'${one}'\``);
  });
});
