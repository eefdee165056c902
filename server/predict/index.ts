export { predictRoutes, type PredictOptions } from './routes.js';
