import { weaveRaces } from './weave-races.js';

const seed = Number(process.env['TRAINYARD_SEED'] ?? 1);

weaveRaces(
  Array.from({ length: 60 }, (_, index) => 1000 * seed + index),
  { atOnce: 4 },
);
