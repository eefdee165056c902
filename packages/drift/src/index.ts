export { compareProfiles, type ColumnDrift, type DriftOptions, type DriftReport } from './compare.js';
export {
  columnsOf,
  MOST_VALUES,
  PROFILE_FILE,
  profileOf,
  type ColumnProfile,
  type DriftCell,
  type DriftColumn,
  type DriftRow,
  type Profile,
} from './profile.js';
export { chiSquared } from './chi-squared.js';
export { jensenShannon, populationStability, totalVariation } from './distances.js';
export { benjaminiHochberg } from './false-discovery.js';
export { neverSeen } from './never-seen.js';
export { rankSum } from './rank-sum.js';
export { kolmogorovSmirnov, type TestResult } from './kolmogorov-smirnov.js';
