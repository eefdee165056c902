// Traffic plans: which version of a model answers which request, beside the one that serves. Pure, since the registry
// keeps them, servers follow them and people read them.
import { z } from 'zod';
import { isDigest, type Digest } from './digest.js';
import type { Model, Ref } from './kinds.js';

/** Parts that units are spread over: a share is a number of them. */
export const SLOTS = 10_000;

/** Name of the arm that is the version in service. */
export const STABLE = 'stable';

/** Arms beside the stable one that a plan may have. */
export const MOST_ARMS = 4;

export type TrafficMode = 'split' | 'canary' | 'shadow';

/** What tells units apart: a column of the first row, or a header of the request. The request's id without one. */
export type TrafficKey = { readonly column: string } | { readonly header: string };

/** Slots, from the first of each range to before its end. */
export type SlotRanges = readonly (readonly [from: number, to: number])[];

/** A version beside the one that serves. */
export interface TrafficArm {
  readonly name: string;
  readonly version: number;
  /** Of the units, 0 to 1; of a shadow, those that are mirrored to it. */
  readonly share: number;
  /** The slots whose units it has. */
  readonly slots: SlotRanges;
}

/** What a plan says, as the history keeps it. */
export interface PlannedTraffic {
  /** `split`: arms stay side by side. `canary`: one arm that grows. `shadow`: one that is asked afterwards, and whose answers nobody gets. */
  readonly mode: TrafficMode;
  readonly key?: TrafficKey | undefined;
  /** Of the hash. It stays for as long as an arm does, so that a unit stays where it is. */
  readonly salt: string;
  readonly arms: readonly TrafficArm[];
}

/** A plan in force. */
export interface TrafficPlan extends Omit<PlannedTraffic, 'arms'> {
  /** Of its line in the history: larger is later. */
  readonly number: number;
  readonly since: string;
  readonly by: string;
  readonly why: string;
  readonly arms: readonly (TrafficArm & { readonly model: Ref<Model>; readonly run: string })[];
}

const share = z.number().min(0).max(1);
const key = z.union([
  z.strictObject({ column: z.string().min(1).max(200) }),
  z.strictObject({ header: z.string().regex(/^[a-z0-9-]{1,100}$/) }),
]);

/** What is asked for: the registry puts to it who has which slots. */
export const trafficAsk = z
  .strictObject({
    mode: z.enum(['split', 'canary', 'shadow']),
    key: key.optional(),
    arms: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, 31 at most'),
          version: z.int().positive(),
          share,
        }),
      )
      .min(1)
      .max(MOST_ARMS),
  })
  .superRefine(({ mode, arms }, issue) => {
    const say = (message: string): void => issue.addIssue({ code: 'custom', path: ['arms'], message });
    const names = arms.map(({ name }) => name);
    if (new Set([...names, STABLE]).size <= names.length)
      say(`arms have names of their own, none of which is ${STABLE}`);
    if (mode !== 'split' && arms.length > 1) say(`a ${mode} is one arm`);
    if (arms.reduce((sum, arm) => sum + slotCount(arm.share), 0) > SLOTS) say('shares are 1 together at most');
  });

export type TrafficAsk = z.output<typeof trafficAsk>;

const arm = z.object({
  name: z.string(),
  version: z.int(),
  share,
  slots: z.array(z.tuple([z.int(), z.int()])),
});

/** A plan as pages of the history hold it. */
export const plannedTraffic: z.ZodType<PlannedTraffic> = z.object({
  mode: z.enum(['split', 'canary', 'shadow']),
  key: key.optional(),
  salt: z.string(),
  arms: z.array(arm),
});

/** A plan as servers keep it beside what they serve. */
export const trafficPlan: z.ZodType<TrafficPlan> = z.object({
  mode: z.enum(['split', 'canary', 'shadow']),
  key: key.optional(),
  ...{ salt: z.string(), since: z.string(), by: z.string(), why: z.string() },
  number: z.int(),
  arms: z.array(
    arm.extend({
      model: z.object({ kind: z.literal('model'), digest: z.custom<Digest>(isDigest), size: z.number() }),
      run: z.string(),
    }),
  ),
});

function slotCount(share: number): number {
  return share <= 0 ? 0 : Math.max(1, Math.round(share * SLOTS));
}

/**
 * Gives each arm its slots. An arm that grows keeps all that it has, one that shrinks gives the last back, so a unit
 * leaves an arm only where that arm shrinks; what nobody has is the stable arm's. `former` has the arms that stay.
 */
export function allotSlots(
  arms: readonly { readonly name: string; readonly share: number }[],
  former: readonly { readonly name: string; readonly slots: SlotRanges }[],
): SlotRanges[] {
  const kept = arms.map(({ name, share }) => {
    const has = former.find((arm) => arm.name === name)?.slots ?? [];
    return firstOf(has, slotCount(share));
  });
  let free = without(kept.flat());
  return arms.map(({ share }, at) => {
    const has = kept[at]!;
    const more = firstOf(free, slotCount(share) - sizeOf(has));
    free = without([...without(free), ...more]);
    return joined([...has, ...more]);
  });
}

/** How many slots ranges have. */
export function sizeOf(ranges: SlotRanges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

function firstOf(ranges: SlotRanges, count: number): SlotRanges {
  let left = count;
  return ranges.flatMap(([from, to]): [number, number][] => {
    const take = Math.min(left, to - from);
    left -= Math.max(0, take);
    return take > 0 ? [[from, from + take]] : [];
  });
}

/** All slots that are in none of the ranges. */
function without(ranges: SlotRanges): SlotRanges {
  const left: [number, number][] = [];
  let at = 0;
  for (const [from, to] of joined(ranges)) {
    if (from > at) left.push([at, from]);
    at = to;
  }
  return at < SLOTS ? [...left, [at, SLOTS]] : left;
}

function joined(ranges: SlotRanges): SlotRanges {
  const all: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = all.at(-1);
    if (before && from <= before[1]) before[1] = Math.max(before[1], to);
    else all.push([from, to]);
  }
  return all;
}

/** For each slot the number of its arm, from 1; 0 is the stable one. */
export function armsOfSlots(arms: readonly Pick<TrafficArm, 'slots'>[]): Uint8Array {
  const table = new Uint8Array(SLOTS);
  arms.forEach(({ slots }, at) => {
    for (const [from, to] of slots) table.fill(at + 1, from, to);
  });
  return table;
}

/** The slot of a unit: MurmurHash3 (x86, 32 bits) of its key's UTF-8, seeded with that of the salt. */
export function slotOf(seed: number, unit: string): number {
  return Math.floor((murmur3(unit, seed) / 0x1_0000_0000) * SLOTS);
}

/** What a salt makes of the hash. */
export function seedOf(salt: string): number {
  return murmur3(salt, 0);
}

/** MurmurHash3_x86_32 of a text as UTF-8, 0 to 2³² − 1. */
export function murmur3(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const { length } = bytes;
  let hash = seed | 0;
  const mixed = (block: number): number => {
    const one = Math.imul(block, 0xcc9e2d51);
    return Math.imul((one << 15) | (one >>> 17), 0x1b873593);
  };
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    hash ^= mixed(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = length - 1; at >= whole; at--) tail = (tail << 8) | bytes[at]!;
  if (whole < length) hash ^= mixed(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A plan in a few words: `canary candidate=4 5 %`. */
export function sayTraffic({
  mode,
  arms,
}: {
  readonly mode: TrafficMode;
  readonly arms: readonly Omit<TrafficArm, 'slots'>[];
}): string {
  const said = arms.map(({ name, version, share }) => `${name}=${version} ${+(share * 100).toFixed(2)} %`);
  return `${mode} ${said.join(', ')}`;
}
