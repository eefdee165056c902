import { z } from 'zod';

export const signature = z.object({ by: z.string().min(1), why: z.string() });
export const ask = z.object({ question: z.string().min(1), people: z.number().int().min(1) });
/** What the process says of itself. */
export const sheet = z.object({ ...ask.shape, signatures: z.array(signature) });
/** What it gives: a receipt is the digest of the sheet, by which a copy is told from another. */
export const signed = z.object({ signatures: z.array(signature), receipt: z.string() });

export type Sheet = z.output<typeof sheet>;
export type Signature = z.output<typeof signature>;

export interface CountersignActivities {
  'countersign.receipt'(sheet: Sheet): Promise<string>;
}
