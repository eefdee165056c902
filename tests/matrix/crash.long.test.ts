import { drawCrashes } from './crash-case.js';
import { weaveCrashes } from './weave-crashes.js';

// The long draw of deaths at the engine's named points; TRAINYARD_SEED=8 draws another one.
weaveCrashes(drawCrashes(42, Number(process.env['TRAINYARD_SEED'] ?? 7)), { atOnce: 6 });
