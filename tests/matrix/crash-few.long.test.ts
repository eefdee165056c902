import { allCrashes, drawCrashes, nameOfCrash } from './crash-case.js';
import { weaveCrashes } from './weave-crashes.js';

// A few deaths at the engine's named points; the long draw is crash.long.test.ts. One case:
// TRAINYARD_CRASH='linear/committed/b'.
const wanted = process.env['TRAINYARD_CRASH'];

weaveCrashes(wanted === undefined ? drawCrashes(7, 1) : allCrashes().filter((one) => nameOfCrash(one) === wanted), {
  atOnce: 4,
});
