import { z } from 'zod';

/**
 * Why a value of one schema cannot be one of another, as far as it can be told without a value: a member that is
 * required and never there, or of another type. Undefined where nothing speaks against it.
 */
export function misfit(want: z.ZodType, given: z.ZodType, path = ''): string | undefined {
  if (want instanceof z.ZodObject && given instanceof z.ZodObject) {
    const members = given.shape as Readonly<Record<string, z.ZodType>>;
    for (const [name, inner] of Object.entries(want.shape as Readonly<Record<string, z.ZodType>>)) {
      const at = path === '' ? name : `${path}.${name}`;
      const member = members[name];
      if (member) {
        const inside = misfit(inner, member, at);
        if (inside !== undefined) return inside;
      } else if (given.def.catchall === undefined && !inner.safeParse(undefined).success) return `it has no "${at}"`;
    }
    return undefined;
  }
  const [wanted, is] = [typeOf(want), typeOf(given)];
  if (wanted === undefined || is === undefined || wanted === is) return undefined;
  return `${path === '' ? 'it' : `its "${path}"`} is a ${is}, not a ${wanted}`;
}

/** The type of a JSON value, where a schema says one plainly. */
function typeOf(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodString) return 'text';
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray) return 'list';
  return schema instanceof z.ZodObject ? 'object' : undefined;
}
