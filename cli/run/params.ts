import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TrainyardError } from '../../core/errors/index.js';
import type { Json } from '../../core/json.js';
import { sayNearest } from '../../core/nearest.js';
import { parsePipelineParams, type AnyPipeline } from '../../core/pipeline.js';
import { fieldsOf } from '../schema-fields.js';

/**
 * The parameters of a run from the command line, checked. A value is text where the schema says so, else JSON where it
 * is JSON. Throws TY-USAGE, and TY-PARAM naming the nearest parameter.
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
    const type = fields.find((field) => field.name === name)?.type;
    given[name] = type === 'text' ? text : readValue(text);
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

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
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
