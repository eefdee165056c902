import { allPauses } from './pause-case.js';
import { draw } from './shapes.js';
import { weavePauses } from './weave-pauses.js';

// The long draw of operators' decisions; TRAINYARD_SEED=8 draws another one.
weavePauses(
  draw(allPauses(), 60, Number(process.env['TRAINYARD_SEED'] ?? 7), ({ shape, moment, way, terminated }) => [
    shape.pipeline,
    moment,
    way,
    `${way} ${terminated}`,
  ]),
  { atOnce: 10 },
);
