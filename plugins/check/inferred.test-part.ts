import { z } from 'zod';

/** What 30 rows were seen to hold. It says what is, not what must be: widen and narrow it as you mean it. */
export const birds = z.object({
  stationId: z.string().regex(/^\d{4}$/), // identifiers: text keeps each digit
  name: z.enum(['Ort xxxxxxé', 'Ort xxxxxé', 'Ort xxxxé', 'Ort xxxé', 'Ort xxé', 'Ort xé', 'Ort é']),
  mass: z.number().min(0.25).max(7.25).nullable(), // 6 missing
  ring: z.string().regex(/^[A-Z]{2}\d{3}$/),
  kind: z.enum(['a\\b', 'it\'s "so"', 'red']),
  since: z.iso.date(), // from 2024-02-01 to 2024-02-28
  at: z.iso.datetime(), // from 2024-02-01T10:00:00.000Z to 2024-02-09T10:00:00.000Z
  on: z.boolean(),
  'odd "name"': z.int().min(-15).max(14),
});
