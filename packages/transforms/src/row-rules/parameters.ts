import { z } from 'zod';

/** Parameters that several rules share. */
export const columnNames = z.array(z.string()).min(1);
export const ruleValue = z.union([z.string(), z.number(), z.boolean()]);
/** What becomes of a cell that a rule cannot take: it goes missing, its row is dropped, or the run stops. */
export const otherwise = z.enum(['missing', 'drop', 'stop']);
export type Otherwise = z.output<typeof otherwise>;
