import { assetRoutes } from './assets.js';
import { modelRoutes } from './registry/index.js';
import { reviewRoutes } from './review/routes.js';
import { actionRoutes } from './run/actions.js';
import { artifactRoutes } from './run/artifacts.js';
import { runRoutes } from './run/routes.js';
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
