import { allPauses, nameOfPause, type PauseCase } from './pause-case.js';
import { draw } from './shapes.js';
import { weavePauses } from './weave-pauses.js';

// A few decisions for every day; the long draw is pause.long.test.ts. One case: TRAINYARD_CASE='diamond/b/during/skip'.
const wanted = process.env['TRAINYARD_CASE'];
const traits = ({ shape, moment, way, terminated }: PauseCase): string[] => [
  shape.pipeline,
  moment,
  way,
  `${way} ${terminated}`,
];

weavePauses(
  wanted === undefined ? draw(allPauses(), 9, 1, traits) : allPauses().filter((one) => nameOfPause(one) === wanted),
  {
    atOnce: 5,
  },
);
