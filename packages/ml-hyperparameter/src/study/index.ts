export { createStudy } from './create.js';
export type { StudyOptions } from './create.js';
export { Study } from './study.js';
export type { AskedTrial, OwnParts, Proposal } from './study.js';
export type { StudyJson } from './json.js';
export type { Directions, Result } from './results.js';
export type { Direction, Objective, Observation, Trial, TrialState } from './trial.js';
