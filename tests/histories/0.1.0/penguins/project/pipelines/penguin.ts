import * as check from 'trainyard/plugins/check';
import { z } from 'zod';

/** One row of penguins.csv: lengths in mm, mass in g. Two rows lack all measures, eleven the sex. */
export const penguin = z.object({
  species: z.enum(['Adelie', 'Chinstrap', 'Gentoo']),
  island: z.enum(['Biscoe', 'Dream', 'Torgersen']),
  bill_length_mm: z.number().min(20).max(80).nullable(),
  bill_depth_mm: z.number().min(10).max(30).nullable(),
  flipper_length_mm: z.number().int().min(150).max(250).nullable(),
  body_mass_g: z.number().int().min(2000).max(8000).nullable(),
  sex: z.enum(['female', 'male']).nullable(),
  year: z.number().int().min(2007).max(2009),
});

/** What the birds that a model learns from keep to, beyond their rows' own schema. */
export const penguins = check.contract({
  columns: penguin.omit({ year: true }),
  labels: ['species'],
  rules: [
    { rule: 'rows', min: 60 },
    {
      rule: 'sql',
      called: 'Chinstraps breed on Dream alone, Gentoos on Biscoe',
      query: `SELECT * FROM data WHERE (species = 'Chinstrap' AND island <> 'Dream') OR (species = 'Gentoo' AND island <> 'Biscoe')`,
    },
  ],
});
