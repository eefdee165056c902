import type { z } from 'zod';
import { UserError } from '@trainyard/errors';

/** JSON of a file that somebody else wrote. Throws a UserError that names it where it is none. */
export function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${file} is not JSON`, {
      where: { file },
      actual: (cause as Error).message,
      remedy: 'take another copy of it, or mend it where you wrote it',
      cause,
    });
  }
}

/** As `readJson`, in this shape. */
export function readJsonAs<Schema extends z.ZodType>(schema: Schema, text: string, file: string): z.output<Schema> {
  const parsed = schema.safeParse(readJson(text, file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(`${file} says something else than was expected: ${issue.message}`, {
    where: { file, field: issue.path.join('.') },
    remedy: 'take another copy of it',
  });
}
