import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { parsePipelineParams, type AnyPipeline } from '../../core/pipeline.js';
import { fieldsOf, type SchemaField } from '../schema-fields.js';

/**
 * The parameters of a run from the command line, checked. A value is the text itself where the schema takes it, else
 * JSON where it is JSON. Throws TY-USAGE, and TY-PARAM naming the nearest parameter.
 */
export async function readParams(
  pipeline: AnyPipeline,
  options: { readonly param: readonly string[]; readonly params?: string },
): Promise<Json> {
  const schema = pipeline.spec.params ?? z.strictObject({});
  const fields = fieldsOf(schema);
  const given: { [name: string]: Json } = options.params === undefined ? {} : await readFileOf(options.params);
  for (const one of options.param) {
    const at = one.indexOf('=');
    if (at < 1)
      throw new TrainyardError('TY-USAGE', {
        what: `"${one}" is no parameter`,
        expected: 'name=value, such as -p trials=20',
      });
    const [name, text] = [one.slice(0, at), one.slice(at + 1)];
    given[name] = readValue(text, name, schema, fields);
  }
  const names = fields.map((field) => field.name);
  const unknown = schema instanceof z.ZodObject ? Object.keys(given).find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined) {
    throw new TrainyardError('TY-PARAM', {
      what: `pipeline ${pipeline.name} has no parameter "${unknown}"; ${sayNearest(unknown, names)}`,
      where: { field: unknown },
      remedy: `trainyard run --help ${pipeline.name} lists its parameters`,
    });
  }
  parsePipelineParams(pipeline, given);
  return given;
}

async function readFileOf(file: string): Promise<{ [name: string]: Json }> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TrainyardError('TY-USAGE', {
      what: missing
        ? 'the file with the parameters is not there'
        : `the file with the parameters cannot be read: ${(cause as Error).message}`,
      where: { file },
      expected: 'a file with one JSON object',
      cause,
    });
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as { [name: string]: Json };
  throw new TrainyardError('TY-USAGE', {
    what: 'the file with the parameters holds no JSON object',
    where: { file },
    expected: '{"name": value, …}',
  });
}

/**
 * A field of a schema from the command line. `2013`, `1.10` and `007` stay as they are typed wherever the schema takes text:
 * JSON would make numbers of them. Throws TY-PARAM for digits that no number keeps.
 */
export function readValue(text: string, name: string, schema: z.ZodType, fields: readonly SchemaField[]): Json {
  const field = fields.find((one) => one.name === name);
  const json = jsonOf(text);
  if (field?.type === 'text' || json === undefined) return text;
  const own = schema instanceof z.ZodObject ? (schema.shape[name] as z.ZodType | undefined) : undefined;
  const isNull = json === null && own?.safeParse(null).success === true;
  if (field?.takesText === true && !isNull && own?.safeParse(text).success === true) return text;
  if (typeof json === 'number' && /^-?\d+$/.test(text.trim()) && !Number.isSafeInteger(json))
    throw new TrainyardError('TY-PARAM', {
      what: `${name}=${text} cannot be kept as a number: it would become ${json}`,
      where: { field: name },
      expected: `a whole number between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}, or a parameter of text`,
    });
  return json;
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A seed from the command line. Throws TY-USAGE. */
export function readSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new TrainyardError('TY-USAGE', {
    what: `"${text}" is no seed`,
    where: { field: '--seed' },
    expected: 'a whole number, 0 or more',
  });
}
