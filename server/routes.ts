import { assetRoutes } from './assets.js';
import { modelRoutes } from './models/index.js';
import { reviewRoutes } from './reviews/routes.js';
import { actionRoutes } from './runs/actions.js';
import { artifactRoutes } from './runs/artifacts.js';
import { runRoutes } from './runs/routes.js';
import type { RouteModule } from './services.js';

/** All routes of the server, in the order in which they are registered. */
export const routes: readonly RouteModule[] = [
  assetRoutes,
  runRoutes,
  actionRoutes,
  artifactRoutes,
  reviewRoutes,
  modelRoutes,
];
