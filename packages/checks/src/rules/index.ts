import { z } from 'zod';
import type { RuleKind } from '../rule-kind.js';
import { compare } from './compare.js';
import { finite } from './finite.js';
import { fresh } from './fresh.js';
import { length } from './length.js';
import { pattern } from './pattern.js';
import { range } from './range.js';
import { reference } from './reference.js';
import { required } from './required.js';
import { rows } from './rows.js';
import { written } from './sql.js';
import { type } from './type.js';
import { unique } from './unique.js';
import { values } from './values.js';

const KINDS = [
  type,
  required,
  range,
  length,
  values,
  pattern,
  finite,
  compare,
  unique,
  reference,
  fresh,
  rows,
  written,
] as const;

/** The kinds of rules of this package, by name. */
export const RULE_KINDS: ReadonlyMap<string, RuleKind> = new Map(
  KINDS.map((kind) => [kind.name, kind as unknown as RuleKind]),
);

/** A rule of a kind that another package brings, with the parameters that its kind takes. */
const brought = z
  .strictObject({
    rule: z.literal('brought'),
    kind: z.string().min(1),
    params: z.record(z.string(), z.json()).default({}),
  })
  .describe('a rule of a kind that a plugin brings');

/** One rule of a contract. */
export const rule = z.discriminatedUnion('rule', [
  type.schema,
  required.schema,
  range.schema,
  length.schema,
  values.schema,
  pattern.schema,
  finite.schema,
  compare.schema,
  unique.schema,
  reference.schema,
  fresh.schema,
  rows.schema,
  written.schema,
  brought,
]);
export type Rule = z.output<typeof rule>;
/** A rule as its author writes it. */
export type RuleInput = z.input<typeof rule>;
