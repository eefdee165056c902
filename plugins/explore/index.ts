export { profile } from './explore.js';
export type { ProfileFigures, Warning } from './contract.js';
export type { ColumnProfile, Profile } from './profile.js';
