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
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
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
  const { properties = {}, required = [] } = jsonSchemaOf(schema) as JsonSchema;
  return Object.entries(properties).map(([name, field]) => ({
    name,
    type: sayType(field),
    takesText: takesText(field),
    required: required.includes(name),
    ...(field.default === undefined ? {} : { byDefault: JSON.stringify(field.default) }),
    ...(field.description === undefined ? {} : { description: field.description }),
  }));
}

function takesText(field: JsonSchema): boolean {
  const either = field.anyOf ?? field.oneOf;
  if (either) return either.some(takesText);
  if (field.enum ?? field.const) return (field.enum ?? [field.const]).some((one) => typeof one === 'string');
  return field.type === 'string' || (Array.isArray(field.type) && field.type.includes('string'));
}

/** A type in a few words: `whole number, 1 or more`, `"a" | "b"`, `list of text`. */
function sayType(field: JsonSchema): string {
  const either = field.anyOf ?? field.oneOf;
  if (either) return [...new Set(either.map(sayType))].join(' | ');
  if (field.enum) return field.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (Array.isArray(field.type)) return field.type.join(' | ');
  switch (field.type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return `${field.type === 'integer' ? 'whole number' : 'number'}${sayRange(field)}`;
    case 'boolean':
      return 'true | false';
    case 'array':
      return `list of ${field.items ? sayType(field.items) : 'anything'}`;
    case 'object':
      return field.properties ? `{ ${Object.keys(field.properties).join(', ')} }` : 'object';
    case 'null':
      return 'null';
    default:
      return 'anything';
  }
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
