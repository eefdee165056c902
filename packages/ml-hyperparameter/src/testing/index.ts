/**
 * The conformance kit: what every sampler and pruner must hold, as cases without a test runner. A third party runs
 * them in its own:
 *
 * ```ts
 * import { samplerCases } from 'ml-hyperparameter/testing';
 * for (const { name, run } of samplerCases(() => mySampler())) test(name, run);
 * ```
 */
export { samplerCases } from './sampler-cases.js';
export type { SamplerCaseOptions } from './sampler-cases.js';
export { prunerCases } from './pruner-cases.js';
export type { PrunerCaseOptions } from './pruner-cases.js';
export { conformanceSpaces } from './spaces.js';
export type { Case } from './case.js';
