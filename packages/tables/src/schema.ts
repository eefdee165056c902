import { z } from 'zod';
import { TrainyardError } from '@trainyard/errors';
import { nextUp } from '@trainyard/numeric';
import { writtenJson, type Written } from './written.js';

export { written, writtenJson, type Written } from './written.js';

/** What a column holds. `number` is a 64-bit float, `integer` is exact up to ±(2^53 - 1), times are in UTC. */
export const COLUMN_TYPES = ['number', 'integer', 'text', 'boolean', 'timestamp', 'date'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** The stable identity of a row: a text column that ingest adds, every node keeps, and no model ever sees. */
export const ROW_ID = '_row';

const column = z.strictObject({
  type: z.enum(COLUMN_TYPES),
  /** Whether a cell may be missing. */
  nullable: z.boolean().default(false),
  /** Smallest and largest value, inclusive, of a number; smallest and largest number of characters of a text. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** The only values allowed. */
  values: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** An ECMAScript regular expression that a text must match somewhere. */
  pattern: z.string().optional(),
  /** How values are written in a source, where that is not the plain way. */
  written: writtenJson.optional(),
});

/** The JSON form of a table's schema: what travels in parameters and keys. */
export const tableSchemaJson = z.strictObject({
  columns: z.record(z.string(), column),
  /** Columns that the schema does not name: left out, kept as their values look, or refused. */
  extra: z.enum(['drop', 'keep', 'refuse']).default('drop'),
});
export type ColumnSchema = z.output<typeof column>;
export type TableSchema = z.output<typeof tableSchemaJson>;

/**
 * A parameter that takes a table's schema as a zod object or in its JSON form, and gives the JSON form. It accepts its
 * own output, so parameters that were parsed once may be parsed again.
 */
export const tableSchemaParam = z
  .union([
    z.custom<z.ZodObject>((value) => value instanceof z.ZodObject, 'a zod object').meta({ title: 'a zod object' }),
    tableSchemaJson,
  ])
  .transform((given) => (given instanceof z.ZodObject ? tableSchema(given) : given));

/**
 * A zod object as a table's schema. Understood: strings (length, regular expression, enum, literal, ISO dates and date
 * times), numbers and integers (ranges), booleans, dates; `nullable` and `optional` allow missing cells. Unknown
 * columns are left out as zod does by default, refused for `z.strictObject`, kept for `z.looseObject`.
 * Throws TY-PARAM for a column of another kind, naming it.
 */
export function tableSchema(schema: z.ZodObject): TableSchema {
  const described = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  }) as JsonSchema;
  const required = new Set(described.required ?? []);
  const columns = Object.fromEntries(
    Object.entries(described.properties ?? {}).map(([name, property]) => [
      name,
      columnSchema(name, property, !required.has(name)),
    ]),
  );
  const catchall = schema._zod.def.catchall?._zod.def.type;
  return { columns, extra: catchall === undefined ? 'drop' : catchall === 'never' ? 'refuse' : 'keep' };
}

interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  enum?: (string | number | boolean)[];
  const?: string | number | boolean;
  format?: string;
  pattern?: string;
  allOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  written?: Written;
}

function columnSchema(name: string, given: JsonSchema, optional: boolean): ColumnSchema {
  let nullable = optional;
  let property = given;
  while (property.anyOf?.some((part) => part.type === 'null')) {
    nullable = true;
    const rest = property.anyOf.filter((part) => part.type !== 'null');
    property = rest.length === 1 && rest[0] ? rest[0] : { ...property, anyOf: rest };
  }
  if (Array.isArray(property.type)) {
    nullable ||= property.type.includes('null');
    const types = property.type.filter((type) => type !== 'null');
    property = { ...property, type: types.length === 1 && types[0] ? types[0] : types };
  }
  const values = valuesOf(property);
  const type = typeOf(property, values);
  if (type === undefined) throw unknownColumn(name, given);
  const [min, max] = limits(property, type);
  const written = given.written ?? property.written;
  const pattern = type === 'text' ? (property.pattern ?? property.allOf?.[0]?.pattern) : undefined;
  return {
    type,
    nullable,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(values === undefined ? {} : { values }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(written === undefined ? {} : { written }),
  };
}

/** The allowed values of an enum, a literal, or a union of literals. */
function valuesOf(property: JsonSchema): (string | number | boolean)[] | undefined {
  if (property.enum) return property.enum;
  if (property.const !== undefined) return [property.const];
  if (!property.anyOf?.length) return undefined;
  const parts = property.anyOf.map(valuesOf);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function typeOf(property: JsonSchema, values: (string | number | boolean)[] | undefined): ColumnType | undefined {
  if (values) {
    const types = new Set(values.map((value) => typeof value));
    if (types.size !== 1) return undefined;
    if (types.has('string')) return 'text';
    if (types.has('boolean')) return 'boolean';
    return values.every(Number.isSafeInteger) ? 'integer' : 'number';
  }
  switch (property.type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return property.type;
    case 'string':
      if (property.format === 'date') return 'date';
      return property.format === 'date-time' ? 'timestamp' : 'text';
    default:
      return undefined;
  }
}

/** Inclusive limits; zod's own limits of a safe integer say nothing new. */
function limits(property: JsonSchema, type: ColumnType): [number | undefined, number | undefined] {
  if (type === 'text') return [property.minLength, property.maxLength];
  const step = type === 'integer' ? 1 : Number.MIN_VALUE;
  const above = property.exclusiveMinimum;
  const below = property.exclusiveMaximum;
  const min = property.minimum ?? (above === undefined ? undefined : type === 'integer' ? above + step : nextUp(above));
  const max =
    property.maximum ?? (below === undefined ? undefined : type === 'integer' ? below - step : -nextUp(-below));
  return [min === Number.MIN_SAFE_INTEGER ? undefined : min, max === Number.MAX_SAFE_INTEGER ? undefined : max];
}

function unknownColumn(name: string, given: JsonSchema): TrainyardError {
  return new TrainyardError('TY-PARAM', {
    what: `the schema's column "${name}" is of a kind that a table cannot hold`,
    where: { column: name },
    expected: 'a string, number, integer, boolean, date, enum or literal, which may be nullable or optional',
    actual: JSON.stringify(given).slice(0, 120),
  });
}
