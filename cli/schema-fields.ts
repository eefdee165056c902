import { z } from 'zod';

/** One parameter of a schema, in words. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  /** Whether text is among what it takes, as far as the schema says. */
  readonly takesText: boolean;
  readonly required: boolean;
  /** JSON of the default. */
  readonly byDefault?: string;
  readonly description?: string;
  /** What it holds, where that has fields of its own: one form, or one for each of those that it may have. */
  readonly forms: readonly SchemaForm[];
}

/** One form that a parameter may have. */
export interface SchemaForm {
  /** What tells it from the others, such as `rule: "drop"`; undefined where there is one form. */
  readonly name?: string;
  readonly description?: string;
  readonly fields: readonly SchemaField[];
}

interface JsonSchema {
  readonly title?: string;
  readonly pattern?: string;
  readonly type?: string | string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** The JSON Schema of what may be given for a zod schema; parts that JSON cannot say are left open. */
export function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** The fields of an object schema; empty for any other. */
export function fieldsOf(schema: z.ZodType): SchemaField[] {
  return fieldsIn(jsonSchemaOf(schema) as JsonSchema);
}

/** The fields of what a schema gives; empty for any schema but that of an object. */
export function givenFieldsOf(schema: z.ZodType): SchemaField[] {
  return fieldsIn(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonSchema);
}

function fieldsIn({ properties = {}, required = [] }: JsonSchema, known: readonly string[] = []): SchemaField[] {
  return Object.entries(properties)
    .filter(([name]) => !known.includes(name))
    .map(([name, field]) => ({
      name,
      type: sayType(field),
      takesText: takesText(field),
      required: required.includes(name),
      ...(field.default === undefined ? {} : { byDefault: JSON.stringify(field.default) }),
      ...(field.description === undefined ? {} : { description: field.description }),
      forms: formsOf(field),
    }));
}

/** The forms with fields among what a schema takes, lists and records looked into. */
function formsOf(field: JsonSchema): SchemaForm[] {
  const forms = objectsIn(field);
  const [only] = forms;
  if (forms.length === 1 && only) return [{ fields: fieldsIn(only) }];
  return forms.map((form) => {
    const fixed = Object.entries(form.properties ?? {}).filter(([, { const: value }]) => value !== undefined);
    return {
      name: fixed.map(([name, { const: value }]) => `${name}: ${JSON.stringify(value)}`).join(', ') || 'or',
      ...(form.description === undefined ? {} : { description: form.description }),
      fields: fieldsIn(
        form,
        fixed.map(([name]) => name),
      ),
    };
  });
}

function objectsIn(field: JsonSchema): JsonSchema[] {
  const either = field.anyOf ?? field.oneOf;
  if (either) return either.flatMap(objectsIn);
  if (field.type === 'array') return field.items ? objectsIn(field.items) : [];
  if (field.type !== 'object') return [];
  if (field.properties) return [field];
  return typeof field.additionalProperties === 'object' ? objectsIn(field.additionalProperties) : [];
}

function takesText(field: JsonSchema): boolean {
  const either = field.anyOf ?? field.oneOf;
  if (either) return either.some(takesText);
  if (field.enum ?? field.const) return (field.enum ?? [field.const]).some((one) => typeof one === 'string');
  return field.type === 'string' || (Array.isArray(field.type) && field.type.includes('string'));
}

/** A type in a few words: `whole number, 1 or more`, `"a" | "b"`, `list of text`. Fields of objects are told apart from it. */
function sayType(field: JsonSchema): string {
  const either = field.anyOf ?? field.oneOf;
  if (either) return sayEither(either);
  if (field.enum) return field.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (Array.isArray(field.type)) return field.type.map((type) => sayType({ ...field, type })).join(' | ');
  switch (field.type) {
    case 'string':
      return field.pattern === undefined ? 'text' : `text like /${field.pattern}/`;
    case 'integer':
    case 'number':
      return `${field.type === 'integer' ? 'whole number' : 'number'}${sayRange(field)}`;
    case 'boolean':
      return 'true | false';
    case 'array':
      return sayList(field);
    case 'object':
      return typeof field.additionalProperties === 'object' && !field.properties
        ? `by name: ${sayType(field.additionalProperties)}`
        : 'object';
    case 'null':
      return 'null';
    default:
      return field.title ?? 'anything';
  }
}

/** What may be given instead of one another; several objects count as one, since their fields tell them apart. */
function sayEither(either: readonly JsonSchema[]): string {
  const objects = either.filter((one) => one.properties).length;
  const said = either.map((one) => (one.properties && objects > 1 ? `one of ${objects} objects` : sayType(one)));
  return [...new Set(said)].join(' | ');
}

function sayList({ items, prefixItems }: JsonSchema): string {
  if (prefixItems) return `[${prefixItems.map(sayType).join(', ')}]`;
  const said = items ? sayType(items) : 'anything';
  return `list of ${said.includes(' | ') ? `(${said})` : said}`;
}

function sayRange(field: JsonSchema): string {
  // zod states the safe integers as limits of every whole number.
  const limit = (value: number | undefined): number | undefined =>
    value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value;
  const [low, high] = [limit(field.minimum), limit(field.maximum)];
  const [above, below] = [limit(field.exclusiveMinimum), limit(field.exclusiveMaximum)];
  const parts = [
    ...(low === undefined ? [] : [`${low} or more`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(high === undefined ? [] : [`${high} at most`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}
