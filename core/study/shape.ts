import { z } from 'zod';
import { sayNearest } from '@trainyard/errors';
import type { StudyOptions } from './options.js';

const at = z.string().min(1);
const named = z.union([z.string(), z.looseObject({ name: z.string() })]);
const given = z.record(z.string(), z.unknown());
const parameter = z.looseObject({ kind: z.string() });

/** The options of `tune` as far as their shape goes; what they say is checked elsewhere. */
const OPTIONS = {
  space: z.record(z.string(), parameter),
  params: given,
  folds: z.array(given).min(1),
  nested: z.array(z.strictObject({ search: z.union([given, z.array(given).min(1)]), held: given })).min(2),
  restrictions: z.array(z.looseObject({ kind: z.string() })),
  sampler: named,
  pruner: named,
  trials: z.number(),
  time: z.union([z.number(), z.string()]),
  cost: z.union([z.number(), z.strictObject({ most: z.number(), at })]),
  enough: z.strictObject({ chance: z.number(), least: z.number().optional() }),
  failures: z.number(),
  parallel: z.number(),
  objective: at,
  direction: z.string(),
  objectives: z.record(z.string(), z.strictObject({ at, direction: z.string() })),
  choose: z.string(),
  constraints: z.record(z.string(), z.strictObject({ at, most: z.number().optional(), least: z.number().optional() })),
  name: z.string().min(1),
  continueAfter: z.number(),
} as const satisfies Record<keyof StudyOptions | 'space' | 'params' | 'folds' | 'nested', z.ZodType>;

/** What each option looks like, for those who wrote it otherwise. */
const EXPECTED: Readonly<Record<keyof typeof OPTIONS, string>> = {
  space: 'parameters by name, each made by float, int, categorical, ordinal, boolean or conditional',
  params: 'parameters by name',
  folds: 'a list: for each fold its inputs by name',
  nested: 'a list of at least two outer folds: { search: { train, validation }, held: { train, validation } }',
  restrictions: 'a list of linear(…) and forbid(…)',
  sampler: "a name, or a name with options: { name: 'tpe' }",
  pruner: "a name, or a name with options: { name: 'asha', min: 3 }",
  trials: 'a whole number of at least 1',
  time: "a duration such as '2 hours'",
  cost: "a number above 0, or { most: 100, at: 'figures.price' }",
  enough: '{ chance: 0.05, least: 0.001 }',
  failures: 'a whole number of at least 1',
  parallel: 'a whole number of at least 1',
  objective: 'port.path, such as figures.f1.macro',
  direction: 'maximize or minimize',
  objectives: "objectives by name: { f1: { at: 'figures.f1.macro', direction: 'maximize' } }",
  choose: 'the name of an objective, or balanced',
  constraints: "limits by name: { latency: { at: 'figures.ms', most: 50 } }",
  name: 'a text',
  continueAfter: 'a number of trials',
};

/** An option that is not what it should be. */
export interface Misshapen {
  readonly field: string;
  readonly what: string;
  readonly expected: string;
}

/** The first option that is unknown or of another shape; undefined where all are right. */
export function misshapen(options: Readonly<Record<string, unknown>>): Misshapen | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const schema = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof typeof OPTIONS] : undefined;
    if (!schema) {
      const known = Object.keys(OPTIONS).filter((one) => one !== 'continueAfter');
      return {
        field: name,
        what: `it has no option "${name}"; ${sayNearest(name, known)}`,
        expected: known.join(', '),
      };
    }
    const issue = schema.safeParse(value).error?.issues[0];
    if (!issue) continue;
    const field = [name, ...issue.path.map(String)].join('.');
    return {
      field,
      what: `${field} is ${say(valueAt(value, issue.path))}`,
      expected: EXPECTED[name as keyof typeof OPTIONS],
    };
  }
  return undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, name) => (part as Record<PropertyKey, unknown> | undefined)?.[name], value);
}

function say(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'a list';
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null)
    return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
