import { z } from 'zod';

/** Tokens of a pattern of dates and times, and what stands in a text for each. */
export const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '\\d{4}',
  yy: '\\d{2}',
  MMMM: '[A-Za-z]+',
  MMM: '[A-Za-z]{3}',
  MM: '\\d{2}',
  M: '\\d{1,2}',
  dd: '\\d{2}',
  d: '\\d{1,2}',
  HH: '\\d{2}',
  H: '\\d{1,2}',
  hh: '\\d{2}',
  h: '\\d{1,2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
  S: '\\d{1,6}',
  a: '[AaPp][Mm]',
  X: 'Z|[+-]\\d{2}(?::?\\d{2})?',
};

/** A piece of a pattern: a token, or text that stands for itself. */
export interface PatternPart {
  readonly token?: string | undefined;
  readonly text: string;
}

/**
 * The parts of a pattern: `yyyy yy`, `MMMM MMM MM M` (English names), `dd d`, `HH H`, `hh h` with `a` (AM, PM), `mm`,
 * `ss`, `S` (fraction of a second, up to six digits), `X` (zone: `Z`, `+02:00`). What stands in single quotes is text.
 */
export function patternParts(pattern: string): PatternPart[] {
  const parts = pattern.match(/'[^']*'|yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|S|a|X|[^A-Za-z']+|[A-Za-z']/g) ?? [];
  return parts.map((text) => {
    if (text in TOKENS) return { token: text, text };
    return { text: text.length > 1 && text.startsWith("'") ? text.slice(1, -1) : text };
  });
}

/**
 * How the values of a column are written in a source, where that is not the plain way. What is written otherwise than
 * declared is refused; nothing is guessed.
 */
export const writtenJson = z
  .strictObject({
    decimal: z
      .enum(['.', ','])
      .optional()
      .describe('the character before the fraction of a number; a point by default'),
    thousands: z
      .string()
      .length(1)
      .refine((one) => !/[\d+\-eE]/.test(one), 'no digit, sign or e')
      .optional()
      .describe('the character between groups of three digits; none by default'),
    nonFinite: z.boolean().optional().describe('whether NaN and infinite numbers are values; refused by default'),
    pattern: z
      .string()
      .min(1)
      .optional()
      .describe(
        'dates and times: yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss S X; other letters stand in single quotes',
      ),
    pivot: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('with yy: years below it are of the 2000s, the others of the 1900s'),
    zone: z
      .string()
      .min(1)
      .optional()
      .describe('times without a zone are of this one, such as Europe/Oslo; UTC by default'),
    true: z.array(z.string()).min(1).optional().describe('texts that mean true'),
    false: z.array(z.string()).min(1).optional().describe('texts that mean false'),
  })
  .superRefine(({ decimal = '.', thousands, pattern, pivot }, ctx) => {
    const refuse = (path: string, message: string): void => ctx.addIssue({ code: 'custom', path: [path], message });
    if (thousands === decimal) refuse('thousands', 'is the character before the fraction as well');
    if (pattern === undefined) return;
    const parts = patternParts(pattern);
    const tokens = parts.flatMap(({ token }) => token ?? []);
    const bare = parts.find(
      ({ token, text }) => token === undefined && /^[A-Za-z]$/.test(text) && !pattern.includes(`'`),
    );
    if (bare) refuse('pattern', `"${bare.text}" is no token; text stands in single quotes`);
    if (
      !tokens.some((one) => one.startsWith('y')) ||
      !tokens.some((one) => one.startsWith('M')) ||
      !tokens.some((one) => one.startsWith('d'))
    ) {
      refuse('pattern', 'must have year, month and day');
    }
    if (new Set(tokens.map((one) => one[0])).size !== tokens.length) refuse('pattern', 'has a token twice');
    if (tokens.includes('yy') && pivot === undefined) {
      refuse(
        'pivot',
        'is missing: which century are years of two digits in? With pivot: 30, 29 is 2029 and 30 is 1930',
      );
    }
    if (tokens.some((one) => one.startsWith('h')) !== tokens.includes('a'))
      refuse('pattern', 'has h without a, or a without h');
  });
export type Written = z.output<typeof writtenJson>;

/**
 * A column's schema with the way in which its values are written:
 *
 *     z.object({
 *       price: written(z.number(), { decimal: ',', thousands: '.' }),
 *       sold: written(z.iso.date(), { pattern: 'dd/MM/yyyy' }),
 *     })
 *
 * Throws a ZodError where that cannot be.
 */
export function written<S extends z.ZodType>(schema: S, how: z.input<typeof writtenJson>): S {
  return schema.meta({ ...schema.meta(), written: writtenJson.parse(how) });
}
