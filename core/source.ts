import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { canonical, type Json } from './json.js';

/** Where data comes from, as a pipeline names it: plain JSON, part of the key of the node that reads it. */
export interface Source<Kind extends string = string> {
  /** Name of the source kind that reads it. */
  readonly kind: Kind;
  /** What that kind needs, with its defaults filled in. Never the value of a secret. */
  readonly options: { readonly [option: string]: Json };
}

/** Schema of a source in parameters; the kind checks its options. */
export const sourceParam: z.ZodType<Source, Source> = z.strictObject({
  kind: z.string().min(1),
  options: z.record(z.string(), z.json()) as z.ZodType<Source['options'], Source['options']>,
});

/** A source in one line, the same for the same source: `postgres {"query":"select 1"}`. */
export function saySource({ kind, options }: Source): string {
  return `${kind} ${canonical(options)}`;
}

/** A secret by its name among `secrets` of temporal.config.ts: what stands in a source's options in the place of its value. */
export interface SecretRef {
  readonly secret: string;
}

/** Schema of a reference to a secret, for options of source kinds. The value itself is refused. */
export const secretRef: z.ZodType<SecretRef, SecretRef> = z.strictObject(
  { secret: z.string().min(1).describe('its name in secrets of temporal.config.ts') },
  { error: "a reference to a secret, such as { secret: 'warehouse' }; its value never stands in code" },
);

/** What a source kind is called and needs. */
export interface SourceKindFacts<Kind extends string, Options extends z.ZodObject> {
  /** Name in pipelines and records, never reused for another meaning. */
  readonly name: Kind;
  /** One line for the catalogue. */
  readonly title: string;
  /** A zod object; what it gives is JSON. Credentials stand in it as `secretRef`. */
  readonly options: Options;
}

/** A source kind as pipelines call it: gives a source, with its options checked. */
export interface SourceSpec<Kind extends string = string, Options extends z.ZodObject = z.ZodObject> {
  (options: z.input<Options>): Source<Kind>;
  readonly spec: SourceKindFacts<Kind, Options>;
}

/**
 * Declares how pipelines name a source of a kind. Pure: no Node built-in, so that the Workflow sandbox can load it; what
 * reads such a source stands in the plugin's entry `./parts` (`sourceKind` of `trainyard/sources`).
 */
export function sourceSpec<const Kind extends string, Options extends z.ZodObject>(
  facts: SourceKindFacts<Kind, Options>,
): SourceSpec<Kind, Options> {
  return Object.assign(
    (options: z.input<Options>): Source<Kind> => ({ kind: facts.name, options: checkOptions(facts, options) }),
    { spec: facts },
  );
}

/** The options of a source as its kind takes them. Throws TY-PARAM naming the option. */
export function checkOptions(
  { name, options: schema }: SourceKindFacts<string, z.ZodObject>,
  options: unknown,
): Source['options'] {
  // Pipelines run in the Workflow sandbox, where no code is made of strings.
  const parsed = schema.safeParse(options, { jitless: true });
  if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as Source['options'];
  const [issue] = parsed.error.issues;
  throw new TrainyardError('TY-PARAM', {
    what: `the source kind "${name}" cannot take these options: ${[...(issue?.path ?? [])].join('.') || 'options'}: ${issue?.message ?? 'not valid'}`,
    where: { field: ['source', ...(issue?.path ?? [])].join('.') },
    expected: `options of ${name}: ${Object.keys(schema.shape as object).join(', ')}`,
  });
}
