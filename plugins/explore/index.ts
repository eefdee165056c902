export { compare, profile } from './explore.js';
export type { CompareFigures, ProfileFigures, Warning } from './contract.js';
export type { ColumnProfile, Profile } from './profile.js';
export type { ComparedColumn, Comparison } from './compare/comparison.js';
