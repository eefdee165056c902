import { drawCases } from './shapes.js';
import { weave } from './weave.js';

// The long draw of the matrix; TRAINYARD_SEED=8 draws another one.
weave(
  'a resumed run does what had not succeeded, and nothing else',
  drawCases(220, Number(process.env['TRAINYARD_SEED'] ?? 7)),
  { atOnce: 16, apart: true },
);
